// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Numerics;

namespace LoadBalancer.Routing;

/// <summary>An immutable set of peers, each a small number that <see cref="PeerNumbers"/> gives out.</summary>
public sealed class PeerSet : IEquatable<PeerSet>, IEnumerable<int>
{
    private const int WordBits = 64;

    // Without trailing zero words: equal sets have equal words.
    private readonly ulong[] _words;

    private PeerSet(ulong[] words)
    {
        int length = words.Length;
        while (length > 0 && words[length - 1] == 0)
            length--;
        _words = length == words.Length ? words : words[..length];
    }

    /// <summary>No peer.</summary>
    public static PeerSet None { get; } = new([]);

    /// <summary>Whether there is no peer in it.</summary>
    public bool IsEmpty => _words.Length == 0;

    /// <summary>The set of these peers.</summary>
    public static PeerSet Of(IReadOnlyList<int> peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        int highest = -1;
        for (int i = 0; i < peers.Count; i++)
            highest = Math.Max(highest, peers[i]);
        ulong[] words = new ulong[(highest / WordBits) + 1];
        for (int i = 0; i < peers.Count; i++)
            words[peers[i] / WordBits] |= 1UL << (peers[i] % WordBits);
        return new PeerSet(words);
    }

    /// <summary>Whether a peer is in it.</summary>
    public bool Contains(int peer) => peer / WordBits < _words.Length && (_words[peer / WordBits] >> (peer % WordBits) & 1) != 0;

    /// <summary>The peers in both.</summary>
    public PeerSet And(PeerSet other) => Combine(other, static (a, b) => a & b);

    /// <summary>The peers in either.</summary>
    public PeerSet Or(PeerSet other) => Combine(other, static (a, b) => a | b);

    /// <summary>The peers in this one alone.</summary>
    public PeerSet Except(PeerSet other) => Combine(other, static (a, b) => a & ~b);

    /// <inheritdoc/>
    public bool Equals(PeerSet? other) => other is not null && _words.AsSpan().SequenceEqual(other._words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PeerSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (ulong word in _words)
            hash.Add(word);
        return hash.ToHashCode();
    }

    /// <summary>The peers, ascending.</summary>
    public IEnumerator<int> GetEnumerator()
    {
        for (int word = 0; word < _words.Length; word++)
            for (ulong rest = _words[word]; rest != 0; rest &= rest - 1)
                yield return (word * WordBits) + BitOperations.TrailingZeroCount(rest);
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private PeerSet Combine(PeerSet other, Func<ulong, ulong, ulong> operation)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Equals(other))
            return operation(1, 1) == 0 ? None : this;
        ulong[] words = new ulong[Math.Max(_words.Length, other._words.Length)];
        for (int i = 0; i < words.Length; i++)
            words[i] = operation(i < _words.Length ? _words[i] : 0, i < other._words.Length ? other._words[i] : 0);
        return new PeerSet(words);
    }
}
