// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>Neighbour discovery options that are read here; others are passed over (RFC 4861 4.6).</summary>
public enum NdOptionType : byte
{
    /// <summary>Source link-layer address.</summary>
    SourceLinkLayer = 1,

    /// <summary>Target link-layer address.</summary>
    TargetLinkLayer = 2,

    /// <summary>Nonce (RFC 3971 5.3.2, used for loopback detection by RFC 7527).</summary>
    Nonce = 14,
}
