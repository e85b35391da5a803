// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>A segment of an AS_PATH: type, count, and that many AS numbers.</summary>
public readonly ref struct AsPathSegment
{
    private readonly ReadOnlySpan<byte> _numbers;
    private readonly bool _fourOctetAs;

    private AsPathSegment(AsSegmentType type, ReadOnlySpan<byte> numbers, bool fourOctetAs)
    {
        Type = type;
        _numbers = numbers;
        _fourOctetAs = fourOctetAs;
    }

    /// <summary>The kind of segment.</summary>
    public AsSegmentType Type { get; }

    /// <summary>AS numbers in it.</summary>
    public int Count => _numbers.Length / Width(_fourOctetAs);

    /// <summary>
    /// What the segment adds to the length of the path: a set counts once, a confederation not at all (RFC 4271 9.1.2.2, RFC 5065 5.3).
    /// </summary>
    public int Hops => Type == AsSegmentType.Sequence ? Count : Type == AsSegmentType.Set ? 1 : 0;

    /// <summary>Whether it belongs to a confederation.</summary>
    public bool IsConfederation => Type is AsSegmentType.ConfederationSequence or AsSegmentType.ConfederationSet;

    /// <summary>The number at a place.</summary>
    public uint this[int index] => _fourOctetAs
        ? BinaryPrimitives.ReadUInt32BigEndian(_numbers[(index * sizeof(uint))..])
        : BinaryPrimitives.ReadUInt16BigEndian(_numbers[(index * sizeof(ushort))..]);

    /// <summary>Octets of a number.</summary>
    internal static int Width(bool fourOctetAs) => fourOctetAs ? sizeof(uint) : sizeof(ushort);

    internal static bool TryRead(scoped ref SpanReader reader, bool fourOctetAs, out AsPathSegment segment)
    {
        segment = default;
        if (!reader.TryReadByte(out byte type)
            || !reader.TryReadByte(out byte count)
            || !reader.TryReadOctets(count * Width(fourOctetAs), out ReadOnlySpan<byte> numbers))
        {
            return false;
        }

        segment = new((AsSegmentType)type, numbers, fourOctetAs);
        return true;
    }
}
