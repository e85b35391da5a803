// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace LoadBalancer.Layer2;

/// <summary>An immutable set of interface indexes, or every interface there is or will be.</summary>
public sealed class InterfaceSet : IEquatable<InterfaceSet>
{
    private readonly int[] _sorted;
    private readonly bool _all;

    private InterfaceSet(int[] sorted, bool all)
    {
        _sorted = sorted;
        _all = all;
    }

    /// <summary>Every interface, also one that appears later.</summary>
    public static InterfaceSet All { get; } = new([], all: true);

    /// <summary>No interface.</summary>
    public static InterfaceSet None { get; } = new([], all: false);

    /// <summary>Whether this is <see cref="All"/>.</summary>
    public bool IsAll => _all;

    /// <summary>The named indexes, ascending; empty for <see cref="All"/>.</summary>
    public ReadOnlySpan<int> Indexes => _sorted;

    /// <summary>The set of these indexes; repeats count once.</summary>
    public static InterfaceSet Of(params IEnumerable<int> indexes)
    {
        SortedSet<int> sorted = [.. indexes];
        return sorted.Count == 0 ? None : new([.. sorted], all: false);
    }

    /// <summary>Whether the interface is in the set.</summary>
    public bool Contains(int index) => _all || Array.BinarySearch(_sorted, index) >= 0;

    /// <summary>What is in either set.</summary>
    public InterfaceSet Union(InterfaceSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _all || other._all ? All : Of([.. _sorted, .. other._sorted]);
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] InterfaceSet? other) =>
        other is not null && _all == other._all && _sorted.AsSpan().SequenceEqual(other._sorted);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as InterfaceSet);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_all, _sorted.Length, _sorted.Length == 0 ? 0 : _sorted[0]);

    /// <summary>The indexes separated by commas, or "all".</summary>
    public override string ToString() => _all ? "all" : string.Join(',', _sorted);
}
