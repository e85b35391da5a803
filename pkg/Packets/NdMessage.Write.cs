// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

public readonly partial record struct NdMessage
{
    private const int ChecksumOffset = 2;

    /// <summary>Writes the IPv6 packet with its checksum; false when it does not fit or an address is not IPv6.</summary>
    public bool TryWrite(ref SpanWriter writer)
    {
        int length = FixedLength + (LinkLayerAddress is null ? 0 : LinkLayerOptionLength);
        IPv6Header header = new(Source, Destination, IpProtocol.Icmpv6, HopLimit, (ushort)length);
        if (!Target.IsIPv6 || writer.Remaining < IPv6Header.Length + length || !header.TryWrite(ref writer)
            || !writer.TryReserve(length, out Span<byte> place))
        {
            return false;
        }

        SpanWriter fields = new(place);
        _ = fields.TryWriteByte((byte)Type);
        _ = fields.TryWriteZeros(3);
        _ = fields.TryWriteByte((byte)Flags);
        _ = fields.TryWriteZeros(3);
        _ = fields.TryWriteAddress(Target);
        if (LinkLayerAddress is { } mac)
        {
            _ = fields.TryWriteByte((byte)LinkLayerOption);
            _ = fields.TryWriteByte(LinkLayerOptionLength / 8);
            _ = fields.TryWriteMac(mac);
        }

        BinaryPrimitives.WriteUInt16BigEndian(
            place[ChecksumOffset..], InternetChecksum.ComputeIPv6(Source, Destination, IpProtocol.Icmpv6, place));
        return true;
    }

    /// <summary>Writes an Ethernet frame with the message; at most <see cref="MaxFrameLength"/> octets, or 0 with false.</summary>
    public bool TryWriteFrame(Span<byte> destination, MacAddr to, MacAddr from, out int length)
    {
        SpanWriter writer = new(destination);
        bool written = new EthernetHeader(to, from, EtherType.IPv6).TryWrite(ref writer) && TryWrite(ref writer);
        length = written ? writer.Position : 0;
        return written;
    }
}
