// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Negotiation;

/// <summary>Which AS a peer may be of.</summary>
public enum PeerAsKind : byte
{
    /// <summary>The one that is configured.</summary>
    Exactly = 0,

    /// <summary>Ours.</summary>
    Internal = 1,

    /// <summary>Any but ours.</summary>
    External = 2,
}
