// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

/// <summary>
/// A Neighbor Solicitation or Advertisement with the addresses of its IPv6 header. Both share one layout: type (1),
/// code (1), checksum (2), flags or reserved (4), target (16), options (type 1, length in 8 octets 1, value).
/// </summary>
public readonly partial record struct NdMessage
{
    /// <summary>Octets in a message without options.</summary>
    public const int FixedLength = 24;

    /// <summary>Octets in a link-layer address option for Ethernet.</summary>
    public const int LinkLayerOptionLength = 8;

    /// <summary>Octets in the longest Ethernet frame that is written here.</summary>
    public const int MaxFrameLength = EthernetHeader.Length + IPv6Header.Length + FixedLength + LinkLayerOptionLength;

    /// <summary>Neighbour discovery is believed only with this hop limit (RFC 4861 7.1).</summary>
    public const byte HopLimit = 255;

    /// <summary>Which of the two messages.</summary>
    public required NdType Type { get; init; }

    /// <summary>Source of the IPv6 header; :: in duplicate address detection.</summary>
    public required IpAddr Source { get; init; }

    /// <summary>Destination of the IPv6 header.</summary>
    public required IpAddr Destination { get; init; }

    /// <summary>The address asked for, or spoken for.</summary>
    public required IpAddr Target { get; init; }

    /// <summary>Flags of an advertisement; none for a solicitation.</summary>
    public NdFlags Flags { get; init; }

    /// <summary>The source (solicitation) or target (advertisement) link-layer address option.</summary>
    public MacAddr? LinkLayerAddress { get; init; }

    /// <summary>The 48-bit nonce of RFC 7527; longer ones are passed over. It is never written.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>Whether this is a duplicate address detection probe (RFC 4862 5.4.2).</summary>
    public bool IsDuplicateAddressProbe => Type == NdType.NeighborSolicitation && Source.IsUnspecified;

    private NdOptionType LinkLayerOption =>
        Type == NdType.NeighborSolicitation ? NdOptionType.SourceLinkLayer : NdOptionType.TargetLinkLayer;
}
