// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Controller;

/// <summary>Something a speaker has written of its node.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The object's name; of a session that of the BGPPeer it stands in.</param>
/// <param name="Uid">Which of the objects that had the name one after the other; null of a session.</param>
/// <param name="Node">The node.</param>
internal sealed record Remnant(RemnantKind Kind, string Name, string? Uid, string Node);

/// <summary>What a speaker writes of its node.</summary>
internal enum RemnantKind
{
    /// <summary>An element of BGPPeer.status.sessions.</summary>
    Session,

    /// <summary>A ServiceL2Status.</summary>
    ServiceL2Status,

    /// <summary>A ServiceBGPStatus.</summary>
    ServiceBGPStatus,
}
