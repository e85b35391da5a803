// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Vrrp;

/// <summary>Virtual router identifiers, 1 to 255 (RFC 9568 5.2.3).</summary>
public sealed class VirtualRouterSet
{
    internal const int Words = 8;
    private const int BitsOfWord = 32;
    private readonly uint[] _bits = new uint[Words];

    /// <summary>Adds one; adding it again changes nothing.</summary>
    public void Add(byte virtualRouterId) => _bits[virtualRouterId / BitsOfWord] |= 1u << (virtualRouterId % BitsOfWord);

    /// <summary>Removes one; one that is not there changes nothing.</summary>
    public void Remove(byte virtualRouterId) => _bits[virtualRouterId / BitsOfWord] &= ~(1u << (virtualRouterId % BitsOfWord));

    /// <summary>Whether it is there.</summary>
    public bool Contains(byte virtualRouterId) => (_bits[virtualRouterId / BitsOfWord] >> (virtualRouterId % BitsOfWord) & 1) != 0;

    internal uint Word(int index) => _bits[index];
}
