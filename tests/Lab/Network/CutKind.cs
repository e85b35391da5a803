// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Lab.Network;

/// <summary>How a link is cut.</summary>
public enum CutKind
{
    /// <summary>The switch port goes down: the host sees its carrier go.</summary>
    Carrier,

    /// <summary>The switch drops every frame of the port: the carrier stays, as behind a dead path.</summary>
    Silent,
}
