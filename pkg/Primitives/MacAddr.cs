// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LoadBalancer.Primitives;

/// <summary>A 48-bit IEEE 802 hardware address.</summary>
public readonly record struct MacAddr
{
    /// <summary>Octets in a hardware address.</summary>
    public const int ByteLength = 6;

    private readonly ulong _value;

    private MacAddr(ulong value) => _value = value;

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static MacAddr Broadcast { get; } = new(0xFFFF_FFFF_FFFF);

    /// <summary>Whether the group bit of the first octet is set (broadcast included).</summary>
    public bool IsMulticast => (_value & 0x0100_0000_0000) != 0;

    /// <summary>Whether all octets are zero: no hardware address.</summary>
    public bool IsZero => _value == 0;

    /// <summary>The group an IP multicast address maps to: RFC 1112 6.4 (01:00:5e) or RFC 2464 7 (33:33).</summary>
    /// <exception cref="ArgumentException">The address is no multicast address.</exception>
    public static MacAddr ForGroup(IpAddr group) => !group.IsMulticast
        ? throw new ArgumentException($"{group} is not a multicast address", nameof(group))
        : group.IsIPv4
            ? new(0x0100_5E00_0000 | ((ulong)group.Value & 0x7F_FFFF))
            : new(0x3333_0000_0000 | ((ulong)group.Value & 0xFFFF_FFFF));

    /// <summary>Reads six octets; false for any other length.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out MacAddr address)
    {
        ulong value = 0;
        if (octets.Length == ByteLength)
        {
            foreach (byte octet in octets)
            {
                value = (value << 8) | octet;
            }
        }

        address = new(value);
        return octets.Length == ByteLength;
    }

    /// <summary>Writes six octets.</summary>
    /// <exception cref="IndexOutOfRangeException"><paramref name="destination"/> is too short.</exception>
    public void Write(Span<byte> destination)
    {
        for (int i = ByteLength - 1, shift = 0; i >= 0; i--, shift += 8)
        {
            destination[i] = (byte)(_value >> shift);
        }
    }

    /// <summary>Reads six hexadecimal octets separated by colons.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddr address)
    {
        address = default;
        if (text?.Length != 17)
        {
            return false;
        }

        ulong value = 0;
        for (int i = 0; i < 17; i += 3)
        {
            if ((i > 0 && text[i - 1] != ':')
                || !char.IsAsciiHexDigit(text[i + 1]) // the runtime's own parser lets a NUL trail
                || !byte.TryParse(text.AsSpan(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
            {
                return false;
            }

            value = (value << 8) | octet;
        }

        address = new(value);
        return true;
    }

    /// <summary>Reads an address the program itself wrote.</summary>
    /// <exception cref="FormatException">The text is no hardware address.</exception>
    public static MacAddr Parse(string text) =>
        TryParse(text, out MacAddr address) ? address : throw new FormatException($"'{text}' is not a MAC address");

    /// <summary>Six lower-case hexadecimal octets separated by colons.</summary>
    public override string ToString() => string.Create(17, _value, static (text, value) =>
    {
        const string Digits = "0123456789abcdef";
        for (int i = 0, shift = 44; i < 17; i += 3, shift -= 8)
        {
            text[i] = Digits[(int)(value >> shift) & 0xF];
            text[i + 1] = Digits[(int)(value >> (shift - 4)) & 0xF];
            if (i < 15)
            {
                text[i + 2] = ':';
            }
        }
    });
}
