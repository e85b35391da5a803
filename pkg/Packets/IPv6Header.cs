// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

/// <summary>
/// The fixed IPv6 header (RFC 8200 3): version, traffic class and flow label (4), payload length (2), next header (1),
/// hop limit (1), source (16), destination (16). Traffic class and flow label are read over and written as zero.
/// </summary>
public readonly record struct IPv6Header(IpAddr Source, IpAddr Destination, IpProtocol NextHeader, byte HopLimit, ushort PayloadLength)
{
    /// <summary>Octets in the header.</summary>
    public const int Length = 40;

    private const uint VersionBits = 6u << 28;

    /// <summary>Whether another header, not the upper layer, follows (RFC 7045 4).</summary>
    public bool IsExtended => NextHeader is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.Fragment
        or IpProtocol.EncapsulatingSecurity or IpProtocol.Authentication or IpProtocol.DestinationOptions
        or IpProtocol.Mobility or IpProtocol.HostIdentity or IpProtocol.Shim6;

    /// <summary>Reads the header and cuts the payload to its declared length; what follows in a frame is padding.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out IPv6Header header, out ReadOnlySpan<byte> payload, out IPv6Error error)
    {
        header = default;
        payload = default;
        SpanReader reader = new(packet);
        error = IPv6Error.Truncated;
        if (!reader.TryReadNested(Length, out SpanReader fields))
        {
            return false;
        }

        _ = fields.TryReadUInt32(out uint first);
        _ = fields.TryReadUInt16(out ushort payloadLength);
        _ = fields.TryReadByte(out byte next);
        _ = fields.TryReadByte(out byte hopLimit);
        bool addressesRead = fields.TryReadIPv6(out IpAddr source) & fields.TryReadIPv6(out IpAddr destination);
        error = first >> 28 != 6 ? IPv6Error.Version
            : !addressesRead ? IPv6Error.MappedAddress
            : !reader.TryReadOctets(payloadLength, out payload) ? IPv6Error.PayloadLength
            : IPv6Error.None;
        if (error != IPv6Error.None)
        {
            return false;
        }

        header = new(source, destination, (IpProtocol)next, hopLimit, payloadLength);
        return true;
    }

    /// <summary>Writes the header; false when it does not fit or an address is not IPv6.</summary>
    public bool TryWrite(ref SpanWriter writer) =>
        writer.Remaining >= Length
        && Source.IsIPv6
        && Destination.IsIPv6
        && writer.TryWriteUInt32(VersionBits)
        && writer.TryWriteUInt16(PayloadLength)
        && writer.TryWriteByte((byte)NextHeader)
        && writer.TryWriteByte(HopLimit)
        && writer.TryWriteAddress(Source)
        && writer.TryWriteAddress(Destination);
}
