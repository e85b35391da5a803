// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;

namespace LoadBalancer.Lab.Vip;

/// <summary>
/// A VRRP advertisement as a host put it on the segment: its place among all frames of the tape, the host behind the port it
/// came in by, when the kernel took it from that port, and its fields, with the interval in centiseconds.
/// </summary>
public sealed record AdvertFrame(
    int Number, TimeSpan At, string Host, string SourceMac, IPAddress Source, IPAddress Destination, int HopLimit,
    int Version, int RouterId, int Priority, int Count, int Interval, bool IsAuthenticated, bool HasPseudoHeader)
{
    private const int Protocol = 112;

    public bool IsIPv6 => Source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    /// <summary>Reads a frame by the layouts of RFC 3768 5.1 and RFC 9568 5.2; null when it is none of VRRP.</summary>
    internal static AdvertFrame? Read(int number, TimeSpan at, string host, ReadOnlySpan<byte> frame)
    {
        var ip = frame[14..];
        IPAddress source, destination;
        int hopLimit;
        ReadOnlySpan<byte> message;
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case 0x0800 when ip.Length >= 28 && ip[9] == Protocol:
                message = ip[((ip[0] & 15) * 4)..BinaryPrimitives.ReadUInt16BigEndian(ip[2..])];
                (source, destination, hopLimit) = (new(ip[12..16]), new(ip[16..20]), ip[8]);
                break;
            case 0x86DD when ip.Length >= 48 && ip[6] == Protocol:
                message = ip.Slice(40, BinaryPrimitives.ReadUInt16BigEndian(ip[4..]));
                (source, destination, hopLimit) = (new(ip[8..24]), new(ip[24..40]), ip[7]);
                break;
            default:
                return null;
        }

        var version = message[0] >> 4;
        return new(
            number,
            at,
            host,
            SegmentTape.Mac(frame[6..12]),
            source,
            destination,
            hopLimit,
            version,
            message[1],
            message[2],
            message[3],
            version == 2 ? message[5] * 100 : BinaryPrimitives.ReadUInt16BigEndian(message[4..]) & 0xFFF,
            version == 2 && message[4] != 0,
            Sum(message) != 0xFFFF);
    }

    /// <summary>The ones-complement sum of a message whose checksum has no pseudo-header is 0xFFFF (RFC 1071).</summary>
    private static uint Sum(ReadOnlySpan<byte> message)
    {
        uint sum = 0;
        for (var i = 0; i + 1 < message.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return sum;
    }
}
