// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;

namespace LoadBalancer.Lab.Vip;

/// <summary>
/// A host that says where an address is: an ARP reply or a Neighbor Advertisement, or, unasked, a gratuitous one, or an ARP
/// request in the name of the address, which whoever is asked notes down. It has its place among all frames of the tape, the host
/// behind the port it came in by, and the hardware address that it names.
/// </summary>
public sealed record ClaimFrame(int Number, string Host, IPAddress Address, string Mac, bool IsAnswer)
{
    /// <summary>Reads a frame (RFC 826, RFC 4861 4.4); null when nothing is claimed in it.</summary>
    internal static ClaimFrame? Read(int number, string host, ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) switch
    {
        0x0806 when frame.Length >= 42 => ReadArp(number, host, frame[14..]),
        0x86DD when frame.Length >= 78 && frame[20] == 58 && frame[54] == 136 => new(
            number, host, new(frame[62..78]), frame.Length >= 86 && frame[78] == 2 ? SegmentTape.Mac(frame[80..86]) : SegmentTape.Mac(frame[6..12]), (frame[58] & 0x40) != 0),
        _ => null,
    };

    private static ClaimFrame? ReadArp(int number, string host, ReadOnlySpan<byte> arp)
    {
        var isGratuitous = arp[14..18].SequenceEqual(arp[24..28]);
        var isReply = arp[7] == 2;
        // Without a sender it claims nothing (RFC 5227 2.1.1).
        var claims = isReply || arp[14..18].ContainsAnyExcept((byte)0);
        return claims ? new(number, host, new(arp[14..18]), SegmentTape.Mac(arp[8..14]), isReply && !isGratuitous) : null;
    }
}
