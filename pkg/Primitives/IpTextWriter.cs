// SPDX-License-Identifier: Apache-2.0
using System.Numerics;

namespace LoadBalancer.Primitives;

/// <summary>Writes address text as UTF-16 or UTF-8 into a caller's span, without a string in between.</summary>
internal ref struct IpTextWriter<TChar>(Span<TChar> destination)
    where TChar : unmanaged, IBinaryInteger<TChar>
{
    private readonly Span<TChar> _destination = destination;
    private int _length;
    private bool _overflow;

    public readonly bool TryFinish(out int written)
    {
        written = _overflow ? 0 : _length;
        return !_overflow;
    }

    public void IPv4(uint value)
    {
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            Number((value >> shift) & 0xFF, radix: 10);
            if (shift > 0)
            {
                Put('.');
            }
        }
    }

    public void IPv6(ulong high, ulong low)
    {
        (int start, int length) = LongestZeroRun(high, low);
        for (int group = 0; group < 8; group++)
        {
            if (group == start)
            {
                Put(':');
                Put(':');
                group += length - 1;
                continue;
            }

            if (group > 0 && group != start + length)
            {
                Put(':');
            }

            Number(Group(high, low, group), radix: 16);
        }
    }

    // RFC 5952 4.2: the first of the longest runs of at least two zero groups is shortened.
    private static (int Start, int Length) LongestZeroRun(ulong high, ulong low)
    {
        (int Start, int Length) best = (-1, 1);
        int run = 0;
        for (int group = 0; group < 8; group++)
        {
            run = Group(high, low, group) == 0 ? run + 1 : 0;
            if (run > best.Length)
            {
                best = (group - run + 1, run);
            }
        }

        return best.Start < 0 ? (-1, 0) : best;
    }

    private static uint Group(ulong high, ulong low, int group) => (ushort)((group < 4 ? high : low) >> (48 - (16 * (group % 4))));

    private void Number(uint number, uint radix)
    {
        uint divisor = 1;
        while (number / divisor >= radix)
        {
            divisor *= radix;
        }

        for (; divisor > 0; divisor /= radix)
        {
            uint digit = number / divisor % radix;
            Put((char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    private void Put(char character)
    {
        if (_length < _destination.Length)
        {
            _destination[_length++] = TChar.CreateTruncating((ushort)character);
        }
        else
        {
            _overflow = true;
        }
    }
}
