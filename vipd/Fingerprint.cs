// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;

namespace LoadBalancer.Vipd;

/// <summary>FNV-1a of 128 bits: what is known again by it is this node's own, and a cryptographic hash brings OpenSSL into memory.</summary>
internal readonly record struct Fingerprint(ulong High, ulong Low)
{
    public const int Octets = 16;

    public static Fingerprint Of(ReadOnlySpan<byte> octets)
    {
        (ulong high, ulong low) = (0x6c62272e07bb0142, 0x62b821756295c58d);
        foreach (byte octet in octets)
        {
            low ^= octet;
            // The prime is 2^88 + 0x13b.
            ulong carried = Math.BigMul(low, 0x13b, out ulong product);
            high = unchecked((high * 0x13b) + carried + (low << 24));
            low = product;
        }

        return new(high, low);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Fingerprint Read(ReadOnlySpan<byte> octets) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]));

    public void Write(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt64BigEndian(octets, High);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], Low);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}
