// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

/// <summary>
/// An ARP packet for IPv4 over Ethernet (RFC 826): hardware type (2), protocol type (2), lengths (1 + 1), operation (2),
/// sender hardware (6) and protocol (4) address, target hardware (6) and protocol (4) address.
/// </summary>
public readonly record struct ArpPacket(
    ArpOperation Operation,
    MacAddr SenderMac,
    IpAddr SenderAddress,
    MacAddr TargetMac,
    IpAddr TargetAddress)
{
    /// <summary>Octets in the packet.</summary>
    public const int Length = 28;

    /// <summary>Octets in an Ethernet frame with the packet, without the padding the driver adds.</summary>
    public const int FrameLength = EthernetHeader.Length + Length;

    private const ushort EthernetHardware = 1;

    /// <summary>A probe asks whether an address is in use before it is taken: a request from 0.0.0.0 (RFC 5227 1.1).</summary>
    public bool IsProbe => Operation == ArpOperation.Request && SenderAddress.IsUnspecified;

    /// <summary>An announcement in request or reply form: sender and target are one address (RFC 5227 2.3 and 3).</summary>
    public bool IsGratuitous => SenderAddress == TargetAddress && !SenderAddress.IsUnspecified;

    /// <summary>An announcement: the request form has no target hardware address, the reply form repeats the sender's.</summary>
    public static ArpPacket Announcement(ArpOperation form, MacAddr mac, IpAddr address) =>
        new(form, mac, address, form == ArpOperation.Reply ? mac : default, address);

    /// <summary>Reads the packet at the start of a frame's payload; what follows is padding.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ArpPacket packet, out ArpError error)
    {
        packet = default;
        SpanReader reader = new(payload);
        error = ArpError.Truncated;
        if (!reader.TryReadNested(Length, out SpanReader fields))
        {
            return false;
        }

        _ = fields.TryReadUInt16(out ushort hardware);
        _ = fields.TryReadUInt16(out ushort protocol);
        _ = fields.TryReadByte(out byte hardwareLength);
        _ = fields.TryReadByte(out byte protocolLength);
        _ = fields.TryReadUInt16(out ushort operation);
        error = hardware != EthernetHardware ? ArpError.HardwareType
            : protocol != (ushort)EtherType.IPv4 ? ArpError.ProtocolType
            : hardwareLength != MacAddr.ByteLength ? ArpError.HardwareLength
            : protocolLength != 4 ? ArpError.ProtocolLength
            : operation is not ((ushort)ArpOperation.Request or (ushort)ArpOperation.Reply) ? ArpError.Operation
            : ArpError.None;
        if (error != ArpError.None)
        {
            return false;
        }

        _ = fields.TryReadMac(out MacAddr senderMac);
        _ = fields.TryReadIPv4(out IpAddr sender);
        _ = fields.TryReadMac(out MacAddr targetMac);
        _ = fields.TryReadIPv4(out IpAddr target);
        packet = new((ArpOperation)operation, senderMac, sender, targetMac, target);
        return true;
    }

    /// <summary>Writes the packet; false when it does not fit or an address is not IPv4.</summary>
    public bool TryWrite(ref SpanWriter writer) =>
        writer.Remaining >= Length
        && SenderAddress.IsIPv4
        && TargetAddress.IsIPv4
        && writer.TryWriteUInt16(EthernetHardware)
        && writer.TryWriteUInt16((ushort)EtherType.IPv4)
        && writer.TryWriteByte(MacAddr.ByteLength)
        && writer.TryWriteByte(4)
        && writer.TryWriteUInt16((ushort)Operation)
        && writer.TryWriteMac(SenderMac)
        && writer.TryWriteAddress(SenderAddress)
        && writer.TryWriteMac(TargetMac)
        && writer.TryWriteAddress(TargetAddress);

    /// <summary>Writes an Ethernet frame with the packet; <paramref name="length"/> is <see cref="FrameLength"/>, or 0 with false.</summary>
    public bool TryWriteFrame(Span<byte> destination, MacAddr to, MacAddr from, out int length)
    {
        SpanWriter writer = new(destination);
        bool written = destination.Length >= FrameLength
            && new EthernetHeader(to, from, EtherType.Arp).TryWrite(ref writer)
            && TryWrite(ref writer);
        length = written ? writer.Position : 0;
        return written;
    }
}
