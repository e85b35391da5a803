// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;

namespace LoadBalancer.Bfd;

/// <summary>
/// Type and keys of a session's authentication (RFC 5880 4.2 to 4.4, 6.7). The first key signs, all are accepted: that is
/// how a key is changed without a gap. The section follows the mandatory one; a password needs no number:
/// <code>
///  |   Auth Type   |   Auth Len    |  Auth Key ID  | password, or reserved
///  |                        Sequence Number                        |
///  |              digest: 16 octets (MD5), 20 octets (SHA1)        |
/// </code>
/// </summary>
public sealed class BfdAuthentication
{
    /// <summary>Octets of the longest section.</summary>
    public const int MaxSectionLength = PrefixLength + SHA1.HashSizeInBytes;

    private const int PrefixLength = 8;
    private const int PasswordOffset = 3;
    private const int SequenceOffset = 4;
    private const int MaxPasswordLength = 16;
    private const int MaxPacketLength = byte.MaxValue;

    private readonly BfdKey[] _keys;

    /// <summary>Takes the keys; the first one signs.</summary>
    /// <exception cref="ArgumentException">No key, two keys of one number, or a key whose length the type does not allow.</exception>
    public BfdAuthentication(BfdAuthenticationType type, params ReadOnlySpan<BfdKey> keys)
    {
        Type = type;
        _keys = keys.ToArray();
        int most = type == BfdAuthenticationType.SimplePassword ? MaxPasswordLength : DigestLength;
        if (_keys.Length == 0)
        {
            throw new ArgumentException("BFD authentication has no key; configure at least one", nameof(keys));
        }

        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i].Length == 0 || _keys[i].Length > most)
            {
                throw new ArgumentException(
                    $"BFD key {_keys[i].Number} has {_keys[i].Length} octets; {type} takes 1 to {most}", nameof(keys));
            }

            if (Array.FindIndex(_keys, key => key.Number == _keys[i].Number) != i)
            {
                throw new ArgumentException($"Two BFD keys have the number {_keys[i].Number}; give each its own", nameof(keys));
            }
        }
    }

    /// <summary>How packets are authenticated.</summary>
    public BfdAuthenticationType Type { get; }

    /// <summary>Whether packets are numbered, so that a replay can be told.</summary>
    public bool IsSequenced => Type switch
    {
        BfdAuthenticationType.SimplePassword => false,
        BfdAuthenticationType.KeyedMd5 or BfdAuthenticationType.MeticulousKeyedMd5
            or BfdAuthenticationType.KeyedSha1 or BfdAuthenticationType.MeticulousKeyedSha1 => true,
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether every packet has a number of its own.</summary>
    public bool IsMeticulous => Type is BfdAuthenticationType.MeticulousKeyedMd5 or BfdAuthenticationType.MeticulousKeyedSha1;

    /// <summary>Octets of the section we send.</summary>
    public int SectionLength => IsSequenced ? PrefixLength + DigestLength : PasswordOffset + _keys[0].Length;

    private int DigestLength => Type switch
    {
        BfdAuthenticationType.SimplePassword => 0,
        BfdAuthenticationType.KeyedMd5 or BfdAuthenticationType.MeticulousKeyedMd5 => MD5.HashSizeInBytes,
        BfdAuthenticationType.KeyedSha1 or BfdAuthenticationType.MeticulousKeyedSha1 => SHA1.HashSizeInBytes,
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Writes the section behind a mandatory section that is complete, its length and A bit included.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The packet does not have exactly 24 octets and those of the section.</exception>
    public void Sign(Span<byte> packet, uint sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(packet.Length, BfdPacket.FixedLength + SectionLength);
        Span<byte> section = packet[BfdPacket.FixedLength..];
        BfdKey key = _keys[0];
        section[0] = (byte)Type;
        section[1] = (byte)section.Length;
        section[2] = key.Number;
        if (!IsSequenced)
        {
            key.Octets.CopyTo(section[PasswordOffset..]);
            return;
        }

        section[3] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(section[SequenceOffset..], sequence);
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        digest = digest[..DigestLength];
        Digest(packet, section[PrefixLength..], key, digest);
        digest.CopyTo(section[PrefixLength..]);
    }

    /// <summary>
    /// Judges the section of a received packet, cut to its length field, in the order of RFC 5880 6.7.2 to 6.7.4. The window
    /// is asked before the digest is reckoned, so that a replay costs no hash, and moved only once the digest is right:
    /// otherwise one forged packet could move it away from the peer's numbers.
    /// </summary>
    internal BfdDiscard Verify(ReadOnlySpan<byte> packet, byte detectMultiplier, ref SequenceWindow window)
    {
        if (packet.Length < BfdPacket.FixedLength + PasswordOffset || packet.Length > MaxPacketLength)
        {
            return BfdDiscard.AuthenticationLength;
        }

        ReadOnlySpan<byte> section = packet[BfdPacket.FixedLength..];
        if (section[0] != (byte)Type)
        {
            return BfdDiscard.AuthenticationTypeMismatch;
        }

        if (Find(section[2]) is not { } key)
        {
            return BfdDiscard.UnknownKey;
        }

        int expected = IsSequenced ? PrefixLength + DigestLength : PasswordOffset + key.Length;
        if (section[1] > section.Length || section[1] != expected)
        {
            return BfdDiscard.AuthenticationLength;
        }

        section = section[..section[1]];
        if (!IsSequenced)
        {
            return CryptographicOperations.FixedTimeEquals(section[PasswordOffset..], key.Octets) ? BfdDiscard.None : BfdDiscard.BadAuthentication;
        }

        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(section[SequenceOffset..]);
        if (!window.Allows(sequence, detectMultiplier, IsMeticulous))
        {
            return BfdDiscard.SequenceOutsideWindow;
        }

        if (!DigestMatches(packet, section[PrefixLength..], key))
        {
            return BfdDiscard.BadAuthentication;
        }

        window.Take(sequence);
        return BfdDiscard.None;
    }

    private bool DigestMatches(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> received, BfdKey key)
    {
        Span<byte> copy = stackalloc byte[MaxPacketLength];
        copy = copy[..packet.Length];
        packet.CopyTo(copy);
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        digest = digest[..DigestLength];
        Digest(copy, copy.Slice(BfdPacket.FixedLength + PrefixLength, digest.Length), key, digest);
        return CryptographicOperations.FixedTimeEquals(digest, received);
    }

    // The hash covers the packet with the key, padded with zeros, in place of the digest (RFC 5880 4.3, 4.4).
    private void Digest(ReadOnlySpan<byte> packet, Span<byte> place, BfdKey key, Span<byte> digest)
    {
        place.Clear();
        key.Octets.CopyTo(place);
#pragma warning disable CA5350, CA5351 // the two hashes the protocol has
        _ = DigestLength == MD5.HashSizeInBytes ? MD5.HashData(packet, digest) : SHA1.HashData(packet, digest);
#pragma warning restore CA5350, CA5351
    }

    private BfdKey? Find(byte number)
    {
        foreach (BfdKey key in _keys)
        {
            if (key.Number == number)
            {
                return key;
            }
        }

        return null;
    }
}
