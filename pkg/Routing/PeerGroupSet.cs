// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Numerics;

namespace LoadBalancer.Routing;

/// <summary>An immutable set of peer groups, each a small number that <see cref="PeerGroups"/> gives out.</summary>
public sealed class PeerGroupSet : IEquatable<PeerGroupSet>, IEnumerable<int>
{
    private const int WordBits = 64;

    // Without trailing zero words: equal sets have equal words.
    private readonly ulong[] _words;

    private PeerGroupSet(ulong[] words)
    {
        int length = words.Length;
        while (length > 0 && words[length - 1] == 0)
            length--;
        _words = length == words.Length ? words : words[..length];
    }

    /// <summary>No group.</summary>
    public static PeerGroupSet None { get; } = new([]);

    /// <summary>Whether there is no group in it.</summary>
    public bool IsEmpty => _words.Length == 0;

    /// <summary>The set of these groups.</summary>
    public static PeerGroupSet Of(IReadOnlyList<int> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        int highest = -1;
        for (int i = 0; i < groups.Count; i++)
            highest = Math.Max(highest, groups[i]);
        ulong[] words = new ulong[(highest / WordBits) + 1];
        for (int i = 0; i < groups.Count; i++)
            words[groups[i] / WordBits] |= 1UL << (groups[i] % WordBits);
        return new PeerGroupSet(words);
    }

    /// <summary>Whether a group is in it.</summary>
    public bool Contains(int group) => group / WordBits < _words.Length && (_words[group / WordBits] >> (group % WordBits) & 1) != 0;

    /// <summary>The groups in both.</summary>
    public PeerGroupSet And(PeerGroupSet other) => Combine(other, static (a, b) => a & b);

    /// <summary>The groups in either.</summary>
    public PeerGroupSet Or(PeerGroupSet other) => Combine(other, static (a, b) => a | b);

    /// <summary>The groups in this one alone.</summary>
    public PeerGroupSet Except(PeerGroupSet other) => Combine(other, static (a, b) => a & ~b);

    /// <inheritdoc/>
    public bool Equals(PeerGroupSet? other) => other is not null && _words.AsSpan().SequenceEqual(other._words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PeerGroupSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (ulong word in _words)
            hash.Add(word);
        return hash.ToHashCode();
    }

    /// <summary>The groups, ascending.</summary>
    public IEnumerator<int> GetEnumerator()
    {
        for (int word = 0; word < _words.Length; word++)
            for (ulong rest = _words[word]; rest != 0; rest &= rest - 1)
                yield return (word * WordBits) + BitOperations.TrailingZeroCount(rest);
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private PeerGroupSet Combine(PeerGroupSet other, Func<ulong, ulong, ulong> operation)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Equals(other))
            return operation(1, 1) == 0 ? None : this;
        ulong[] words = new ulong[Math.Max(_words.Length, other._words.Length)];
        for (int i = 0; i < words.Length; i++)
            words[i] = operation(i < _words.Length ? _words[i] : 0, i < other._words.Length ? other._words[i] : 0);
        return new PeerGroupSet(words);
    }
}
