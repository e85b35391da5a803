// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

/// <summary>The one's complement checksum of RFC 1071. Over octets that hold a right checksum it is zero.</summary>
public static class InternetChecksum
{
    /// <summary>The checksum of the octets; an odd last octet is padded with zero (RFC 1071 4.1).</summary>
    public static ushort Compute(ReadOnlySpan<byte> octets) => Fold(Sum(octets));

    /// <summary>The checksum of an upper-layer packet under the pseudo-header of RFC 8200 8.1; both addresses are IPv6.</summary>
    public static ushort ComputeIPv6(IpAddr source, IpAddr destination, IpProtocol protocol, ReadOnlySpan<byte> payload) =>
        Fold(Sum(source) + Sum(destination) + (uint)payload.Length + (byte)protocol + Sum(payload));

    /// <summary>What an address adds to the sum under a pseudo-header: its words of 32 bits, not folded.</summary>
    public static ulong Sum(IpAddr address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.Write(octets);
        return Sum(octets[..address.ByteLength]);
    }

    // 32-bit words into 64 bits: the sum of 2^16 octets cannot overflow, and folding later is exact (RFC 1071 2).
    private static ulong Sum(ReadOnlySpan<byte> octets)
    {
        ulong sum = 0;
        while (octets.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(octets);
            octets = octets[4..];
        }

        if (octets.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets);
            octets = octets[2..];
        }

        return octets.IsEmpty ? sum : sum + ((uint)octets[0] << 8);
    }

    private static ushort Fold(ulong sum)
    {
        while (sum > ushort.MaxValue)
        {
            sum = (sum >> 16) + (sum & ushort.MaxValue);
        }

        return (ushort)~sum;
    }
}
