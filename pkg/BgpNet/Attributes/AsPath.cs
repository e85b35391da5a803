// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>
/// AS_PATH and AS4_PATH, types 2 and 17 (RFC 4271 4.3, RFC 6793 3): any number of segments.
/// <code>
///  +------+-------+-------------------------------
///  | type | count | AS numbers, 2 or 4 octets each
///  +------+-------+-------------------------------
/// </code>
/// </summary>
public readonly ref partial struct AsPath
{
    private readonly ReadOnlySpan<byte> _value;
    private readonly bool _fourOctetAs;

    internal AsPath(ReadOnlySpan<byte> value, bool fourOctetAs)
    {
        _value = value;
        _fourOctetAs = fourOctetAs;
    }

    /// <summary>Whether there is no segment, as within an AS.</summary>
    public bool IsEmpty => _value.IsEmpty;

    /// <summary>The length that routes are compared by.</summary>
    public int Hops
    {
        get
        {
            int hops = 0;
            foreach (AsPathSegment segment in this)
            {
                hops += segment.Hops;
            }

            return hops;
        }
    }

    /// <summary>Whether an AS stands in the path: the loop that RFC 4271 9.1.2 refuses.</summary>
    public bool Contains(uint asn)
    {
        foreach (AsPathSegment segment in this)
        {
            for (int i = 0; i < segment.Count; i++)
            {
                if (segment[i] == asn)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Walks the segments.</summary>
    public Enumerator GetEnumerator() => new(_value, _fourOctetAs);

    /// <summary>Reads a path from the value of an attribute; false when it is malformed (RFC 7606 7.2).</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, bool fourOctetAs, out AsPath path)
    {
        bool sound = CheckSegments(value, fourOctetAs, out _, out _);
        path = sound ? new(value, fourOctetAs) : default;
        return sound;
    }

    internal static BgpFault Check(ReadOnlySpan<byte> value, scoped in UpdateContext context) =>
        !CheckSegments(value, context.FourOctetAs, out bool zero, out bool confederation) ? BgpFault.AsPathSegment
        : zero ? BgpFault.AsPathZero
        : confederation && !context.Confederation ? BgpFault.AsPathConfederation
        : value.IsEmpty && !context.Internal ? BgpFault.AsPathEmpty
        : BgpFault.None;

    // RFC 6793 6: also empty is malformed here, as nobody has a reason to send it so.
    internal static BgpFault CheckAs4(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && CheckSegments(value, fourOctetAs: true, out bool zero, out _) && !zero ? BgpFault.None : BgpFault.As4Path;

    private static bool CheckSegments(ReadOnlySpan<byte> value, bool fourOctetAs, out bool zero, out bool confederation)
    {
        zero = false;
        confederation = false;
        SpanReader reader = new(value);
        while (reader.Remaining > 0)
        {
            if (!AsPathSegment.TryRead(ref reader, fourOctetAs, out AsPathSegment segment)
                || segment.Type is < AsSegmentType.Set or > AsSegmentType.ConfederationSet
                || segment.Count == 0)
            {
                return false;
            }

            confederation |= segment.IsConfederation;
            for (int i = 0; i < segment.Count; i++)
            {
                zero |= segment[i] == 0;
            }
        }

        return true;
    }

    /// <summary>Walks the segments of a path.</summary>
    public ref struct Enumerator
    {
        private readonly bool _fourOctetAs;
        private SpanReader _reader;
        private AsPathSegment _current;

        internal Enumerator(ReadOnlySpan<byte> value, bool fourOctetAs)
        {
            _reader = new(value);
            _fourOctetAs = fourOctetAs;
        }

        /// <summary>The segment reached.</summary>
        public readonly AsPathSegment Current => _current;

        /// <summary>Goes to the next segment.</summary>
        public bool MoveNext()
        {
            SpanReader reader = _reader;
            bool found = AsPathSegment.TryRead(ref reader, _fourOctetAs, out _current);
            _reader = reader;
            return found;
        }
    }
}
