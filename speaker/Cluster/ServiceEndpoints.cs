// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>Where each Service has endpoints that can take traffic, kept as names of nodes alone.</summary>
internal sealed class ServiceEndpoints
{
    private readonly Dictionary<ObjectKey, Dictionary<string, SortedSet<string>>> _slices = [];

    /// <summary>Takes a slice; returns the Service it belongs to, or null when nothing that matters has changed.</summary>
    public ObjectKey? Set(EndpointSlice slice)
    {
        if (slice.ServiceName is not { Length: > 0 } service)
        {
            return null;
        }

        ObjectKey key = new(slice.Metadata.Namespace ?? "", service);
        SortedSet<string> nodes = new(StringComparer.Ordinal);
        foreach (Endpoint endpoint in slice.Endpoints)
        {
            // Terminating and still serving counts: connections drain there while nothing else is ready.
            if (endpoint.Conditions.IsReady || endpoint.Conditions.Serving == true)
            {
                nodes.Add(endpoint.NodeName ?? "");
            }
        }

        Dictionary<string, SortedSet<string>> slices = _slices.TryGetValue(key, out var known) ? known : _slices[key] = new(StringComparer.Ordinal);
        if (slices.TryGetValue(slice.Metadata.Name!, out SortedSet<string>? before) && before.SetEquals(nodes))
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

        return slices.Count == 1 ? slices.Values.First() : new SortedSet<string>(slices.Values.SelectMany(n => n), StringComparer.Ordinal);
    }
}
