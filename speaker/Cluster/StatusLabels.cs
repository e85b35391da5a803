// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Speaker.Cluster;

/// <summary>Labels by which the statuses of a node, or of a Service, are found; the names are MetalLB's.</summary>
internal static class StatusLabels
{
    public const string Node = "metallb.io/node";
    public const string Service = "metallb.io/service-name";
    public const string Namespace = "metallb.io/service-namespace";
    private const int MaxLabelLength = 63;

    /// <summary>Selects the objects of a node; null, for all objects, when its name is too long for a label.</summary>
    public static string? SelectorOf(string node) => node.Length <= MaxLabelLength ? $"{Node}={node}" : null;
}
