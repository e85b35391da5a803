// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux;

/// <summary>
/// Classic BPF programs for packet sockets (Linux socket filters): what they refuse is never copied to user space.
/// Offsets are from the start of the Ethernet frame.
/// </summary>
public sealed class PacketFilter
{
    // Opcodes: load word/half/byte at an absolute offset, jump if equal, jump if set, return constant.
    private const ushort LoadHalf = 0x28;
    private const ushort LoadWord = 0x20;
    private const ushort LoadByte = 0x30;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpSet = 0x45;
    private const ushort Return = 0x06;
    private const uint Accept = 0xFFFF;

    // What the kernel knows of a packet besides its octets (SKF_AD_OFF + SKF_AD_PKTTYPE), and PACKET_OTHERHOST.
    private const uint PacketTypeOffset = 0xFFFFF004;
    private const uint OtherHost = 3;

    private const uint EtherTypeOffset = 12;
    private const uint IPv6NextHeaderOffset = 20;
    private const uint IPv6HopLimitOffset = 21;
    private const uint IPv6PayloadOffset = 54;
    private const uint IcmpV6 = 58;
    private const uint HopLimit = 255;
    private const uint NeighborSolicitation = 135;
    private const uint NeighborAdvertisement = 136;

    private readonly List<(ushort Code, byte True, byte False, uint Operand)> _program = [];

    private PacketFilter(ushort etherType) => EtherType = etherType;

    internal ushort EtherType { get; }

    internal ReadOnlySpan<(ushort Code, byte True, byte False, uint Operand)> Program => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_program);

    /// <summary>ARP addressed to everyone or to this interface: requests for our addresses, and claims of others.</summary>
    public static PacketFilter Arp(MacAddr own)
    {
        PacketFilter filter = new((ushort)Packets.EtherType.Arp);
        filter.RefuseOtherHost();
        filter.Add(LoadHalf, EtherTypeOffset);
        filter.RequireEqual((ushort)Packets.EtherType.Arp);
        filter.RequireGroupOr(own);
        filter.Add(Return, Accept);
        return filter.Resolve();
    }

    /// <summary>Neighbor Solicitations and Advertisements with hop limit 255 and no extension header (RFC 4861 7.1).</summary>
    public static PacketFilter NeighborDiscovery(MacAddr own)
    {
        PacketFilter filter = new((ushort)Packets.EtherType.IPv6);
        filter.RefuseOtherHost();
        filter.Add(LoadHalf, EtherTypeOffset);
        filter.RequireEqual((ushort)Packets.EtherType.IPv6);
        filter.Add(LoadByte, IPv6NextHeaderOffset);
        filter.RequireEqual(IcmpV6);
        filter.Add(LoadByte, IPv6HopLimitOffset);
        filter.RequireEqual(HopLimit);
        filter.RequireGroupOr(own);
        filter.Add(LoadByte, IPv6PayloadOffset);
        filter._program.Add((JumpEqual, 1, 0, NeighborSolicitation));
        filter.RequireEqual(NeighborAdvertisement);
        filter.Add(Return, Accept);
        return filter.Resolve();
    }

    /// <summary>Nothing: attached while a socket is set up, so that no foreign packet is queued on it.</summary>
    internal static PacketFilter Nothing(ushort etherType)
    {
        PacketFilter filter = new(etherType);
        filter.Add(Return, 0);
        return filter;
    }

    // A frame of a VLAN that nobody has on this host arrives with its tag stripped, marked as another host's: it is no frame
    // of this segment, although it looks like one.
    private void RefuseOtherHost()
    {
        Add(LoadByte, PacketTypeOffset);
        _program.Add((JumpEqual, ToReject, 0, OtherHost));
    }

    // A frame to a group (broadcast included) has the lowest bit of its first octet set.
    private void RequireGroupOr(MacAddr own)
    {
        Span<byte> octets = stackalloc byte[MacAddr.ByteLength];
        own.Write(octets);
        uint high = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(octets);
        uint low = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(octets[4..]);
        Add(LoadByte, 0);
        _program.Add((JumpSet, 4, 0, 1));
        Add(LoadWord, 0);
        RequireEqual(high);
        Add(LoadHalf, 4);
        RequireEqual(low);
    }

    private const byte ToReject = 0xFF;

    private void Add(ushort code, uint operand) => _program.Add((code, 0, 0, operand));

    private void RequireEqual(uint value) => _program.Add((JumpEqual, 0, ToReject, value));

    // Every refusal jumps to one last instruction.
    private PacketFilter Resolve()
    {
        int reject = _program.Count;
        for (int i = 0; i < reject; i++)
        {
            byte distance = (byte)(reject - i - 1);
            _program[i] = _program[i] with
            {
                True = _program[i].True == ToReject ? distance : _program[i].True,
                False = _program[i].False == ToReject ? distance : _program[i].False,
            };
        }

        Add(Return, 0);
        return this;
    }
}
