// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tcp;

/// <summary>The password of TCP MD5 signatures (RFC 2385). Its octets never leave it as text.</summary>
public sealed class TcpKey
{
    /// <summary>Octets in the longest key the kernel takes.</summary>
    public const int MaxLength = 80;

    private readonly byte[] _octets;

    /// <summary>Takes a copy of the octets of the Secret.</summary>
    /// <exception cref="ArgumentException">None, or more than 80.</exception>
    public TcpKey(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty || octets.Length > MaxLength)
        {
            throw new ArgumentException($"the password has {octets.Length} octets; TCP MD5 takes 1 to {MaxLength}", nameof(octets));
        }

        _octets = octets.ToArray();
    }

    internal ReadOnlySpan<byte> Octets => _octets;
}
