// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>One key with the number by which packets name it. Its octets never leave it as text.</summary>
public sealed class BfdKey
{
    private readonly byte[] _octets;

    /// <summary>Takes a copy of the octets of the Secret.</summary>
    public BfdKey(byte number, ReadOnlySpan<byte> octets)
    {
        Number = number;
        _octets = octets.ToArray();
    }

    /// <summary>The key's number on the wire (Auth Key ID).</summary>
    public byte Number { get; }

    /// <summary>Octets in the key.</summary>
    public int Length => _octets.Length;

    internal ReadOnlySpan<byte> Octets => _octets;
}
