// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;

namespace LoadBalancer.Nftables;

/// <summary>A run of numbers that lead to one endpoint.</summary>
internal readonly record struct SlotRange(int First, int Last, int Endpoint)
{
    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}

/// <summary>Shares numbers out to endpoints; the same weights and names give the same table everywhere.</summary>
internal static class SlotTable
{
    /// <summary>Slots of consistent hashing: few enough for a thousand services, many enough for some tens of endpoints.</summary>
    public const int ConsistentSlots = 256;

    // Above it the row would be longer than what interleaving is worth.
    private const int MostInterleaved = 256;

    /// <summary>One run each, as long as its weight.</summary>
    public static ImmutableArray<SlotRange> Proportional(ReadOnlySpan<int> weights)
    {
        ImmutableArray<SlotRange>.Builder ranges = ImmutableArray.CreateBuilder<SlotRange>(weights.Length);
        int divisor = CommonDivisor(weights);
        int next = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            int length = weights[i] / divisor;
            ranges.Add(new(next, next + length - 1, i));
            next += length;
        }

        return ranges.MoveToImmutable();
    }

    /// <summary>Spread so that a heavy endpoint does not get its share in one go: each step the one that lags most.</summary>
    public static ImmutableArray<SlotRange> Interleaved(ReadOnlySpan<int> weights)
    {
        int divisor = CommonDivisor(weights);
        long total = 0;
        foreach (int weight in weights)
        {
            total += weight / divisor;
        }

        if (total > MostInterleaved)
        {
            return Proportional(weights);
        }

        long[] credit = new long[weights.Length];
        int[] slots = new int[total];
        for (int slot = 0; slot < slots.Length; slot++)
        {
            int best = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                credit[i] += weights[i] / divisor;
                best = credit[i] > credit[best] ? i : best;
            }

            credit[best] -= total;
            slots[slot] = best;
        }

        return Merge(slots);
    }

    /// <summary>
    /// Rendezvous: every endpoint draws a number for every slot from its name and the slot alone, scaled by its weight, and the
    /// highest has it. So a slot changes hands only when its holder goes, or a newcomer draws higher.
    /// </summary>
    public static ImmutableArray<SlotRange> Consistent(ReadOnlySpan<string> names, ReadOnlySpan<int> weights)
    {
        int[] slots = new int[ConsistentSlots];
        for (int slot = 0; slot < slots.Length; slot++)
        {
            double highest = double.NegativeInfinity;
            for (int i = 0; i < names.Length; i++)
            {
                // -w / ln(u) with u in (0, 1): the highest is endpoint i with probability w(i) over the sum of all.
                double uniform = ((Mix(Fold(names[i]) ^ Mix((ulong)slot)) >> 11) + 0.5) / (1UL << 53);
                double score = -weights[i] / Math.Log(uniform);
                if (score > highest)
                {
                    highest = score;
                    slots[slot] = i;
                }
            }
        }

        return Merge(slots);
    }

    /// <summary>FNV-1a over the characters.</summary>
    public static ulong Fold(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }

    // The finalizer of MurmurHash3: every bit of the input moves every bit of the output.
    private static ulong Mix(ulong value)
    {
        value ^= value >> 33;
        value *= 0xFF51AFD7ED558CCD;
        value ^= value >> 33;
        value *= 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }

    private static ImmutableArray<SlotRange> Merge(ReadOnlySpan<int> slots)
    {
        ImmutableArray<SlotRange>.Builder ranges = ImmutableArray.CreateBuilder<SlotRange>();
        for (int first = 0; first < slots.Length;)
        {
            int last = first;
            while (last + 1 < slots.Length && slots[last + 1] == slots[first])
            {
                last++;
            }

            ranges.Add(new(first, last, slots[first]));
            first = last + 1;
        }

        return ranges.DrainToImmutable();
    }

    private static int CommonDivisor(ReadOnlySpan<int> weights)
    {
        int divisor = 0;
        foreach (int weight in weights)
        {
            (int a, int b) = (divisor, weight);
            while (b != 0)
            {
                (a, b) = (b, a % b);
            }

            divisor = a;
        }

        return Math.Max(1, divisor);
    }
}
