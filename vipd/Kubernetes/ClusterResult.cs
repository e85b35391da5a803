// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.VipConfig.ConfigMap;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>A configuration of the cluster's objects, and what became of each.</summary>
internal sealed record ClusterResult
{
    public VipConfiguration Configuration { get; init; } = new();

    /// <summary>By the name of the VirtualIP.</summary>
    public IReadOnlyDictionary<string, Verdict> VirtualIPs { get; init; } = new Dictionary<string, Verdict>();

    /// <summary>Those of which this node says what is wrong with them, on behalf of all.</summary>
    public IReadOnlySet<string> Led { get; init; } = new HashSet<string>();

    /// <summary>Of the entries of the ConfigMap.</summary>
    public IReadOnlyList<EntryVerdict> Entries { get; init; } = [];

    /// <summary>Services that are forwarded to, or would be.</summary>
    public IReadOnlyList<ServiceFront> Fronts { get; init; } = [];

    /// <summary>Numbers of virtual routers to be recorded, by the name of the VirtualIP.</summary>
    public IReadOnlyDictionary<string, int> RouterIds { get; init; } = new Dictionary<string, int>();

    /// <summary>Whether one more number may be chosen when strangers have been listened for a little longer.</summary>
    public bool IsListening { get; init; }
}
