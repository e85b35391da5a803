// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace LoadBalancer.Vrrp;

/// <summary>The eight octets of simple-text authentication (RFC 2338 5.3.10); shorter passwords are filled with zero.</summary>
public readonly record struct VrrpPassword
{
    /// <summary>Octets on the wire.</summary>
    public const int Length = 8;

    private readonly ulong _octets;

    private VrrpPassword(ulong octets) => _octets = octets;

    /// <summary>Takes a text of one to eight octets in UTF-8; false for any other.</summary>
    public static bool TryCreate(ReadOnlySpan<char> text, out VrrpPassword password)
    {
        Span<byte> octets = stackalloc byte[Length];
        bool fits = Encoding.UTF8.TryGetBytes(text, octets, out int written) && written > 0;
        password = fits ? Read(octets) : default;
        return fits;
    }

    /// <summary>Never the password: a log would keep it.</summary>
    public override string ToString() => _octets == 0 ? "none" : "set";

    internal static VrrpPassword Read(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt64BigEndian(octets));

    internal void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, _octets);
}
