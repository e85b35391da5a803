// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace LoadBalancer.Membership;

/// <summary>The key all speakers share; HMAC-SHA256 over the whole datagram.</summary>
public sealed class HeartbeatKey
{
    /// <summary>Octets the code adds to a datagram.</summary>
    public const int CodeLength = HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key;

    /// <summary>Takes the octets of the shared Secret.</summary>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public HeartbeatKey(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
        {
            throw new ArgumentException("The heartbeat key is empty; put at least 16 random octets into the Secret", nameof(key));
        }

        _key = key.ToArray();
    }

    internal void Sign(ReadOnlySpan<byte> message, Span<byte> code) => HMACSHA256.HashData(_key, message, code);

    internal bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> code)
    {
        Span<byte> expected = stackalloc byte[CodeLength];
        HMACSHA256.HashData(_key, message, expected);
        return CryptographicOperations.FixedTimeEquals(expected, code);
    }
}
