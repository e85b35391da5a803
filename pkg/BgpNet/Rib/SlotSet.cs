// SPDX-License-Identifier: Apache-2.0
using System.Numerics;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>A set of slots, one bit for each, with one bit above for each 64: the next member is found over gaps in little time.</summary>
internal sealed class SlotSet
{
    private ulong[] _words = [];
    private ulong[] _summary = [];

    public int Count { get; private set; }

    public bool Contains(int slot)
    {
        ulong[] words = _words;
        int word = slot >> 6;
        return (uint)word < (uint)words.Length && (words[word] >> slot & 1) != 0;
    }

    public bool Add(int slot)
    {
        int word = slot >> 6;
        if (word >= _words.Length)
        {
            Grow(word);
        }

        ulong bit = 1ul << slot;
        if ((_words[word] & bit) != 0)
        {
            return false;
        }

        _words[word] |= bit;
        _summary[word >> 6] |= 1ul << word;
        Count++;
        return true;
    }

    public bool Remove(int slot)
    {
        ulong[] words = _words;
        int word = slot >> 6;
        ulong bit = 1ul << slot;
        if ((uint)word >= (uint)words.Length || (words[word] & bit) == 0)
        {
            return false;
        }

        words[word] &= ~bit;
        if (words[word] == 0)
        {
            _summary[word >> 6] &= ~(1ul << word);
        }

        Count--;
        return true;
    }

    /// <summary>The first member at or behind a slot; -1 for none.</summary>
    public int Next(int from)
    {
        int word = from >> 6;
        if (Count == 0 || word >= _words.Length)
        {
            return -1;
        }

        ulong rest = _words[word] >> from << from;
        if (rest != 0)
        {
            return (word << 6) + BitOperations.TrailingZeroCount(rest);
        }

        word++;
        for (int above = word >> 6; above < _summary.Length; above++)
        {
            ulong words = above == word >> 6 ? _summary[above] >> word << word : _summary[above];
            if (words != 0)
            {
                int found = (above << 6) + BitOperations.TrailingZeroCount(words);
                return (found << 6) + BitOperations.TrailingZeroCount(_words[found]);
            }
        }

        return -1;
    }

    public void CopyFrom(SlotSet other)
    {
        _words = [.. other._words];
        _summary = [.. other._summary];
        Count = other.Count;
    }

    private void Grow(int word)
    {
        int words = Math.Max(64, (int)BitOperations.RoundUpToPowerOf2((uint)word + 1));
        Array.Resize(ref _words, words);
        Array.Resize(ref _summary, words >> 6);
    }
}
