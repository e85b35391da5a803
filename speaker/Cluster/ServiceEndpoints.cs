// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>Where each Service has endpoints that can take traffic, kept as their number by node alone.</summary>
internal sealed class ServiceEndpoints
{
    private readonly Dictionary<ObjectKey, Dictionary<string, SortedDictionary<string, int>>> _slices = [];

    /// <summary>Takes a slice; returns the Service it belongs to, or null when nothing that matters has changed.</summary>
    public ObjectKey? Set(EndpointSlice slice)
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

        Dictionary<string, SortedDictionary<string, int>> slices = _slices.TryGetValue(key, out var known) ? known : _slices[key] = new(StringComparer.Ordinal);
        if (slices.TryGetValue(slice.Metadata.Name!, out SortedDictionary<string, int>? before) && before.SequenceEqual(nodes))
        {
            return null;
        }

        slices[slice.Metadata.Name!] = nodes;
        return key;
    }

    /// <summary>Forgets a slice; returns the Service it belonged to.</summary>
    public ObjectKey? Remove(EndpointSlice slice)
    {
        ObjectKey key = new(slice.Metadata.Namespace ?? "", slice.ServiceName ?? "");
        if (!_slices.TryGetValue(key, out var slices) || !slices.Remove(slice.Metadata.Name!))
        {
            return null;
        }

        if (slices.Count == 0)
        {
            _slices.Remove(key);
        }

        return key;
    }

    /// <summary>Nodes with an endpoint that can take traffic; an endpoint without a node is under the empty name.</summary>
    public IReadOnlyCollection<string> NodesOf(ObjectKey service)
    {
        if (!_slices.TryGetValue(service, out var slices))
        {
            return [];
        }

        return slices.Count == 1 ? slices.Values.First().Keys : new SortedSet<string>(slices.Values.SelectMany(n => n.Keys), StringComparer.Ordinal);
    }

    /// <summary>How many endpoints can take traffic, on all nodes and on one of them.</summary>
    public (int All, int OnNode) Count(ObjectKey service, string node) => _slices.TryGetValue(service, out var slices)
        ? (slices.Values.Sum(static s => s.Values.Sum()), slices.Values.Sum(s => s.GetValueOrDefault(node)))
        : (0, 0);
}
