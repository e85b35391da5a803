// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet;

/// <summary>What a route is about: an address family and its subsequent family, as two sides agree on them (RFC 4760).</summary>
public readonly record struct AfiSafi(Afi Afi, Safi Safi)
{
    /// <summary>Octets on the wire where nothing stands between the two.</summary>
    internal const int Length = 3;

    /// <summary>IPv4 unicast, 1/1.</summary>
    public static AfiSafi IPv4Unicast => new(Afi.IPv4, Safi.Unicast);

    /// <summary>IPv6 unicast, 2/1.</summary>
    public static AfiSafi IPv6Unicast => new(Afi.IPv6, Safi.Unicast);

    /// <summary>Whether this library reads and writes routes of this family.</summary>
    public bool IsSupported => this == IPv4Unicast || this == IPv6Unicast;

    /// <summary>The unicast family of an address.</summary>
    public static AfiSafi Unicast(IpFamily family) => family == IpFamily.IPv4 ? IPv4Unicast : IPv6Unicast;

    /// <inheritdoc/>
    public override string ToString() =>
        this == IPv4Unicast ? "ipv4-unicast" : this == IPv6Unicast ? "ipv6-unicast" : $"{(ushort)Afi}/{(byte)Safi}";

    internal static bool TryRead(scoped ref SpanReader reader, out AfiSafi family)
    {
        family = default;
        if (!reader.TryReadNested(Length, out SpanReader fields))
        {
            return false;
        }

        _ = fields.TryReadUInt16(out ushort afi);
        _ = fields.TryReadByte(out byte safi);
        family = new((Afi)afi, (Safi)safi);
        return true;
    }

    internal bool TryWrite(ref SpanWriter writer) =>
        writer.Remaining >= Length && writer.TryWriteUInt16((ushort)Afi) && writer.TryWriteByte((byte)Safi);
}
