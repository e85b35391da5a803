// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

public readonly ref partial struct AsPath
{
    /// <summary>Octets that a merge may need for paths of these lengths.</summary>
    internal static int MergedLength(AsPath path, AsPath as4Path) => (2 * path._value.Length) + as4Path._value.Length;

    /// <summary>
    /// The path that a two-octet speaker and the AS4_PATH behind it stand for (RFC 6793 4.2.3): as many leading hops of AS_PATH
    /// as it is longer, then all of AS4_PATH. An AS4_PATH longer than AS_PATH is ignored. Written in four-octet form.
    /// </summary>
    internal static bool TryMerge(AsPath path, AsPath as4Path, Span<byte> destination, out AsPath merged)
    {
        SpanWriter writer = new(destination);
        int surplus = path.Hops - as4Path.Hops;
        bool useAs4 = !as4Path.IsEmpty && surplus >= 0;
        bool fits = TryCopy(ref writer, path, useAs4 ? surplus : int.MaxValue, keepConfederation: true)
            && (!useAs4 || TryCopy(ref writer, as4Path, int.MaxValue, keepConfederation: false));
        merged = fits ? new(destination[..writer.Position], fourOctetAs: true) : default;
        return fits;
    }

    // RFC 6793 6: confederation segments have no place in AS4_PATH and are dropped from it; those beside what is
    // taken of AS_PATH are kept.
    private static bool TryCopy(ref SpanWriter writer, AsPath from, int hops, bool keepConfederation)
    {
        foreach (AsPathSegment segment in from)
        {
            if (segment.IsConfederation && !keepConfederation)
            {
                continue;
            }

            if (hops == 0 && !segment.IsConfederation)
            {
                return true;
            }

            int take = segment.Type == AsSegmentType.Sequence ? Math.Min(hops, segment.Count) : segment.Count;
            if (!writer.TryWriteByte((byte)segment.Type) || !writer.TryWriteByte((byte)take))
            {
                return false;
            }

            for (int i = 0; i < take; i++)
            {
                if (!writer.TryWriteUInt32(segment[i]))
                {
                    return false;
                }
            }

            hops -= hops == int.MaxValue ? 0 : Math.Min(hops, segment.Hops);
        }

        return true;
    }
}
