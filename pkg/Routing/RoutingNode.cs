// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Routing;

/// <summary>What announcing depends on of the node the speaker runs on.</summary>
public sealed record RoutingNode(IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Whether the cluster says that the node is not wired to the network.</summary>
    public bool NetworkUnavailable { get; init; }

    /// <summary>Whether its label takes it out of external load balancing, and that is heeded.</summary>
    public bool ExcludedByLabel { get; init; }
}
