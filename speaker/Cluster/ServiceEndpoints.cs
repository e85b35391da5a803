// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>Where each Service has endpoints that can take traffic, kept as their number by node alone.</summary>
internal sealed class ServiceEndpoints
{
    private readonly Dictionary<ObjectKey, Dictionary<string, Slice>> _slices = [];

    /// <summary>Takes a slice; returns what it changes, or null when nothing that matters has changed.</summary>
    public EndpointsChange? Set(EndpointSlice slice)
    {
        if (slice.ServiceName is not { Length: > 0 } service)
        {
            return null;
        }

        ObjectKey key = new(slice.Metadata.Namespace ?? "", service);
        SortedDictionary<string, int> nodes = new(StringComparer.Ordinal);
        foreach (Endpoint endpoint in slice.Endpoints)
        {
            // Terminating and still serving counts: connections drain there while nothing else is ready.
            if (endpoint.Conditions.IsReady || endpoint.Conditions.Serving == true)
            {
                string node = endpoint.NodeName ?? "";
                nodes[node] = nodes.GetValueOrDefault(node) + 1;
            }
        }

        Dictionary<string, Slice> slices = _slices.TryGetValue(key, out var known) ? known : _slices[key] = new(StringComparer.Ordinal);
        if (slices.TryGetValue(slice.Metadata.Name!, out Slice before) && before.Nodes.SequenceEqual(nodes))
        {
            return null;
        }

        IReadOnlyCollection<string> nodesBefore = NodesOf(key);
        slices[slice.Metadata.Name!] = new Slice(slice.AddressType == "IPv6", nodes);
        return new EndpointsChange(key, !nodesBefore.SequenceEqual(NodesOf(key)));
    }

    /// <summary>Forgets a slice; returns what that changes, or null when it was not known.</summary>
    public EndpointsChange? Remove(EndpointSlice slice)
    {
        ObjectKey key = new(slice.Metadata.Namespace ?? "", slice.ServiceName ?? "");
        IReadOnlyCollection<string> nodesBefore = NodesOf(key);
        if (!_slices.TryGetValue(key, out var slices) || !slices.Remove(slice.Metadata.Name!))
        {
            return null;
        }

        if (slices.Count == 0)
        {
            _slices.Remove(key);
        }

        return new EndpointsChange(key, !nodesBefore.SequenceEqual(NodesOf(key)));
    }

    /// <summary>Nodes in order with an endpoint that can take traffic; an endpoint without a node is under the empty name.</summary>
    public IReadOnlyCollection<string> NodesOf(ObjectKey service)
    {
        if (!_slices.TryGetValue(service, out var slices))
        {
            return [];
        }

        return slices.Count == 1 ? slices.Values.First().Nodes.Keys : new SortedSet<string>(slices.Values.SelectMany(static s => s.Nodes.Keys), StringComparer.Ordinal);
    }

    /// <summary>How many endpoints can take traffic, on all nodes and on one of them. A pod of two families, which is in a slice of each, is one.</summary>
    public (int All, int OnNode) Count(ObjectKey service, string node)
    {
        (int All, int OnNode) ipv6 = default;
        (int All, int OnNode) other = default;
        if (!_slices.TryGetValue(service, out var slices))
        {
            return (0, 0);
        }

        foreach (Slice slice in slices.Values)
        {
            ref (int All, int OnNode) family = ref slice.IsIPv6 ? ref ipv6 : ref other;
            family.All += slice.Nodes.Values.Sum();
            family.OnNode += slice.Nodes.GetValueOrDefault(node);
        }

        return (Math.Max(ipv6.All, other.All), Math.Max(ipv6.OnNode, other.OnNode));
    }

    private readonly record struct Slice(bool IsIPv6, SortedDictionary<string, int> Nodes);
}

/// <summary>The endpoints of a Service are others than before.</summary>
/// <param name="Service">The Service.</param>
/// <param name="NodesChanged">Whether it has some on other nodes than before, not just another number of them.</param>
internal readonly record struct EndpointsChange(ObjectKey Service, bool NodesChanged);
