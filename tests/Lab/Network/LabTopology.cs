// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Lab.Network;

/// <summary>What a lab consists of.</summary>
public sealed record LabTopology
{
    /// <summary>Number of nodes, 1 to 80.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Adds host `remote` at 198.51.100.2 behind the router: a client that is not on the segment.</summary>
    public bool RemoteClient { get; init; }

    /// <summary>Bridges snoop multicast, which the lab leaves off unless snooping is what is tested.</summary>
    public bool MulticastSnooping { get; init; }

    /// <summary>Name of the n-th node, counted from 1.</summary>
    public static string NodeName(int number) => $"node-{number}";
}
