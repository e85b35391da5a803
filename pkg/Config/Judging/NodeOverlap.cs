// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Judging;

/// <summary>Whether two lists of node selectors select a common node, as far as that can be told without knowing the nodes.</summary>
internal enum NodeOverlap
{
    /// <summary>No node can be selected by both.</summary>
    None,

    /// <summary>A node with fitting labels would be.</summary>
    Possible,

    /// <summary>Whatever the narrower one selects: one of them selects every node, or both hold the same selector.</summary>
    Certain,
}
