// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace LoadBalancer.Primitives;

/// <summary>All addresses of one family from <see cref="First"/> to <see cref="Last"/>, both included.</summary>
public readonly record struct IpRange : IComparable<IpRange>
{
    /// <summary>A range from its two ends.</summary>
    /// <exception cref="ArgumentException">The ends are of two families, or reversed.</exception>
    public IpRange(IpAddr first, IpAddr last)
    {
        if (first.Family != last.Family)
        {
            throw new ArgumentException($"{first} and {last} are of two families", nameof(last));
        }

        if (first > last)
        {
            throw new ArgumentException($"{first} lies above {last}", nameof(last));
        }

        First = first;
        Last = last;
    }

    /// <summary>The lowest address.</summary>
    public IpAddr First { get; }

    /// <summary>The highest address.</summary>
    public IpAddr Last { get; }

    /// <summary>The family of the range.</summary>
    public IpFamily Family => First.Family;

    /// <summary>
    /// Addresses in the range less one, since the whole IPv6 space counts one more than 128 bits hold.
    /// </summary>
    public UInt128 CountMinusOne => Last.Value - First.Value;

    /// <summary>Addresses in the range, at most <see cref="long.MaxValue"/>: what a status field can carry.</summary>
    public long SaturatedCount => CountMinusOne >= (UInt128)long.MaxValue ? long.MaxValue : (long)CountMinusOne + 1;

    /// <summary>Whether the address lies in the range; false for the other family.</summary>
    public bool Contains(IpAddr address) => address.Family == Family && address >= First && address <= Last;

    /// <summary>Whether the two ranges share an address.</summary>
    public bool Overlaps(IpRange other) => other.Family == Family && other.First <= Last && First <= other.Last;

    /// <summary>The fewest prefixes that together are exactly this range, lowest first.</summary>
    public IEnumerable<IpPrefix> ToPrefixes()
    {
        UInt128 position = First.Value;
        UInt128 end = Last.Value;
        int bits = First.BitLength;
        while (true)
        {
            // The largest block that starts here is limited by alignment and by what is left.
            int aligned = position == 0 ? bits : Math.Min(bits, (int)UInt128.TrailingZeroCount(position));
            UInt128 left = end - position;
            int fits = left == UInt128.MaxValue ? 128 : 127 - (int)UInt128.LeadingZeroCount(left + 1);
            int hostBits = Math.Min(aligned, fits);
            yield return new IpPrefix(IpAddr.FromValue(Family, position), bits - hostBits);

            UInt128 blockEnd = hostBits == 128 ? UInt128.MaxValue : position + (UInt128.One << hostBits) - 1;
            if (blockEnd >= end)
            {
                yield break;
            }

            position = blockEnd + 1;
        }
    }

    /// <summary>Reads <c>first-last</c> (spaces around either end tolerated) or <c>address/length</c>.</summary>
    /// <param name="text">The entry as a person wrote it.</param>
    /// <param name="range">The range, when true is returned.</param>
    /// <param name="error">What is wrong with the text, when false is returned.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out IpRange range, out IpRangeError error)
    {
        range = default;
        text = text.Trim();
        if (text.IndexOf('/') >= 0)
        {
            bool valid = IpPrefix.TryParse(text, out IpPrefix prefix);
            range = valid ? prefix.Range : default;
            error = valid ? IpRangeError.None : DiagnosePrefix(text);
            return valid;
        }

        int dash = text.IndexOf('-');
        if (dash < 0)
        {
            error = IpAddr.TryParse(text, out _) ? IpRangeError.SingleAddress : IpRangeError.NeitherPrefixNorRange;
            return false;
        }

        if (!IpAddr.TryParse(text[..dash].Trim(), out IpAddr first) || !IpAddr.TryParse(text[(dash + 1)..].Trim(), out IpAddr last))
        {
            error = IpRangeError.BadAddress;
            return false;
        }

        error = first.Family != last.Family ? IpRangeError.MixedFamilies : first > last ? IpRangeError.Reversed : IpRangeError.None;
        if (error != IpRangeError.None)
        {
            return false;
        }

        range = new(first, last);
        error = range.IsCutByMapped ? IpRangeError.BadAddress : IpRangeError.None;
        return error == IpRangeError.None;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out IpRange, out IpRangeError)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpRange range) => TryParse(text.AsSpan(), out range, out _);

    // A range across ::ffff:0:0/96 falls into prefixes that begin or end on v4-mapped addresses, which are no IPv6
    // addresses here, unless it is one prefix.
    private bool IsCutByMapped => Family == IpFamily.IPv6
        && (First.Value >> 32) < 0xFFFF
        && (Last.Value >> 32) > 0xFFFF
        && ((CountMinusOne & (CountMinusOne + 1)) != 0 || (First.Value & CountMinusOne) != 0);

    private static IpRangeError DiagnosePrefix(ReadOnlySpan<char> text) =>
        IpAddr.TryParse(text[..text.IndexOf('/')], out _) ? IpRangeError.BadPrefixLength : IpRangeError.BadAddress;

    /// <summary>By first address, then by last.</summary>
    public int CompareTo(IpRange other)
    {
        int byFirst = First.CompareTo(other.First);
        return byFirst != 0 ? byFirst : Last.CompareTo(other.Last);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{First}-{Last}";
}
