// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Lab.Cluster;

/// <summary>What a cluster of the lab is made of.</summary>
public sealed record LabClusterOptions
{
    public LabTopology Topology { get; init; } = new();

    /// <summary>The API server when KUBECONFIG names none; it belongs to the cluster from then on.</summary>
    public required Func<CancellationToken, Task<LabApiServer>> StartApiServer { get; init; }

    /// <summary>Namespace of the daemons on a server of our own; on somebody else's it gets the lab's name as a suffix.</summary>
    public string Namespace { get; init; } = "metallb-system";

    public string LogLevel { get; init; } = "debug";

    /// <summary>The loadBalancerClass the daemons serve, if any.</summary>
    public string? LoadBalancerClass { get; init; }

    /// <summary>Labels of the node with this number, from 1, beside its host name.</summary>
    public Func<int, IReadOnlyDictionary<string, string>> NodeLabels { get; init; } = _ => new Dictionary<string, string>();

    /// <summary>Further arguments of every controller.</summary>
    public IReadOnlyList<string> ControllerArguments { get; init; } = [];

    /// <summary>Further arguments of every speaker.</summary>
    public IReadOnlyList<string> SpeakerArguments { get; init; } = [];

    /// <summary>Starts a service proxy on each node.</summary>
    public bool ServiceProxies { get; init; } = true;
}
