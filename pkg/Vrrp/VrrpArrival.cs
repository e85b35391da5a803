// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>
/// What the IP layer says of a message. A raw IPv4 socket hands the IP header along, <see cref="TryReadIPv4"/> reads it; for
/// IPv6 the kernel says it beside the message (IPV6_RECVHOPLIMIT, IPV6_RECVPKTINFO).
/// </summary>
/// <param name="Source">Who sent it.</param>
/// <param name="Destination">To whom: the group or an address of ours.</param>
/// <param name="HopLimit">TTL or hop limit it arrived with.</param>
/// <param name="InterfaceIndex">The interface it arrived on.</param>
public readonly record struct VrrpArrival(IpAddr Source, IpAddr Destination, byte HopLimit, int InterfaceIndex)
{
    private const int MinimumHeader = 20;

    /// <summary>
    /// Reads an IPv4 header, options included, and gives the message behind it; octets beyond the total length are Ethernet's
    /// padding and left out.
    /// </summary>
    public static bool TryReadIPv4(
        ReadOnlySpan<byte> datagram, int interfaceIndex, out VrrpArrival arrival, out ReadOnlySpan<byte> message, out VrrpDiscard reason)
    {
        arrival = default;
        message = default;
        reason = Judge(datagram);
        if (reason != VrrpDiscard.None)
        {
            return false;
        }

        int header = (datagram[0] & 0xF) * 4;
        IpAddr source = IpAddr.FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]));
        IpAddr destination = IpAddr.FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(datagram[16..]));
        arrival = new VrrpArrival(source, destination, datagram[8], interfaceIndex);
        message = datagram[header..BinaryPrimitives.ReadUInt16BigEndian(datagram[2..])];
        return true;
    }

    private static VrrpDiscard Judge(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < MinimumHeader || datagram[0] >> 4 != 4)
        {
            return VrrpDiscard.BadIPv4Header;
        }

        int header = (datagram[0] & 0xF) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (header < MinimumHeader || total < header || total > datagram.Length)
        {
            return VrrpDiscard.BadIPv4Header;
        }

        // More Fragments, or an offset: neither the first part nor a later one can be judged.
        if ((BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]) & 0x3FFF) != 0)
        {
            return VrrpDiscard.Fragment;
        }

        return datagram[9] == (byte)IpProtocol.Vrrp ? VrrpDiscard.None : VrrpDiscard.NotVrrp;
    }
}
