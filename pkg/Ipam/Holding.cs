// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

/// <summary>Under which conditions a Service lets others use its addresses.</summary>
internal sealed record Sharing(string Key, string Backend, IReadOnlyList<ServicePort> Ports)
{
    /// <summary>With nobody; then ports and backends do not matter.</summary>
    private static readonly Sharing None = new("", "", []);

    public bool Admits(Sharing other)
    {
        if (Key.Length == 0 || Key != other.Key || Backend != other.Backend)
            return false;
        foreach (ServicePort port in Ports)
            foreach (ServicePort taken in other.Ports)
                if (port == taken)
                    return false;
        return true;
    }

    public bool Same(Sharing other)
    {
        if (Key != other.Key || Backend != other.Backend || Ports.Count != other.Ports.Count)
            return false;
        for (int i = 0; i < Ports.Count; i++)
            if (Ports[i] != other.Ports[i])
                return false;
        return true;
    }

    public static Sharing Of(ServiceFacts facts)
    {
        string? sharingKey = Annotations.Find(facts.Annotations, Annotations.AllowSharedIP, out _);
        if (sharingKey is null)
            return None;
        string backend = "";
        if (facts.LocalTraffic)
        {
            List<string> terms = [];
            foreach ((string key, string value) in facts.Selector)
                terms.Add($"{key}={value}");
            terms.Sort(StringComparer.Ordinal);
            backend = string.Join(',', terms);
        }

        return new Sharing(sharingKey, backend, facts.Ports);
    }
}

/// <summary>What one Service has.</summary>
internal sealed record Holding(ServiceKey Key, IReadOnlyList<IpAddr> Addresses, string Pool, Sharing Sharing);
