// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

public readonly ref partial struct AsPath
{
    private const int SegmentHead = 2;

    /// <summary>
    /// Writes AS_PATH of one sequence, in segments of at most 255. For a two-octet peer the numbers that do not fit become
    /// <see cref="AsNumbers.Trans"/>; write AS4_PATH beside it when <see cref="NeedsAs4"/> says so.
    /// </summary>
    public static bool TryWrite(ref SpanWriter writer, scoped ReadOnlySpan<uint> sequence, bool fourOctetAs) =>
        PathAttribute.TryWriteHeader(ref writer, AttributeFlags.Transitive, AttributeType.AsPath, SequenceLength(sequence, fourOctetAs))
        && TryWriteSequence(ref writer, sequence, fourOctetAs);

    /// <summary>Writes AS4_PATH: only to a two-octet peer, and only where it is needed (RFC 6793 4.2.2).</summary>
    public static bool TryWriteAs4(ref SpanWriter writer, scoped ReadOnlySpan<uint> sequence) =>
        PathAttribute.TryWriteHeader(
            ref writer, AttributeFlags.Optional | AttributeFlags.Transitive, AttributeType.As4Path, SequenceLength(sequence, fourOctetAs: true))
        && TryWriteSequence(ref writer, sequence, fourOctetAs: true);

    /// <summary>Whether a number in the path does not fit two octets.</summary>
    public static bool NeedsAs4(ReadOnlySpan<uint> sequence) => sequence.ContainsAnyExceptInRange(0u, ushort.MaxValue);

    private static int SequenceLength(ReadOnlySpan<uint> sequence, bool fourOctetAs)
    {
        int segments = (sequence.Length + byte.MaxValue - 1) / byte.MaxValue;
        return (segments * SegmentHead) + (sequence.Length * AsPathSegment.Width(fourOctetAs));
    }

    private static bool TryWriteSequence(ref SpanWriter writer, scoped ReadOnlySpan<uint> sequence, bool fourOctetAs)
    {
        bool fits = true;
        while (!sequence.IsEmpty && fits)
        {
            ReadOnlySpan<uint> segment = sequence[..Math.Min(sequence.Length, byte.MaxValue)];
            fits &= writer.TryWriteByte((byte)AsSegmentType.Sequence) && writer.TryWriteByte((byte)segment.Length);
            foreach (uint number in segment)
            {
                fits &= fourOctetAs ? writer.TryWriteUInt32(number) : writer.TryWriteUInt16(AsNumbers.ToTwoOctets(number));
            }

            sequence = sequence[segment.Length..];
        }

        return fits;
    }
}
