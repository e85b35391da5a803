// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LoadBalancer.Primitives;

/// <summary>A network: an address with its host bits zero, and a length in bits (0 to 32, or 0 to 128).</summary>
public readonly record struct IpPrefix : IComparable<IpPrefix>
{
    /// <summary>The prefix of <paramref name="length"/> bits that holds <paramref name="address"/>; host bits are cleared.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is outside the family's range.</exception>
    public IpPrefix(IpAddr address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.BitLength);
        Length = length;
        Address = address.Lowest(length);
    }

    /// <summary>The network address: the lowest in the prefix.</summary>
    public IpAddr Address { get; }

    /// <summary>Network bits.</summary>
    public int Length { get; }

    /// <summary>The family of the prefix.</summary>
    public IpFamily Family => Address.Family;

    /// <summary>The highest address in the prefix; for IPv4 networks up to /30 the directed broadcast (RFC 919).</summary>
    /// <exception cref="InvalidOperationException">That would be v4-mapped, which is no IPv6 address here: ::/80 to ::fffe:0:0/95.</exception>
    public IpAddr Last => EndsMapped(Address, Length) ? throw new InvalidOperationException($"the last address of {this} is v4-mapped") : Address.Highest(Length);

    /// <summary>The prefix as the range from its lowest to its highest address.</summary>
    public IpRange Range => new(Address, Last);

    /// <summary>Whether the address lies in the prefix; false for the other family.</summary>
    public bool Contains(IpAddr address) => address.Family == Family && address.Lowest(Length) == Address;

    /// <summary>Whether the other prefix lies wholly in this one.</summary>
    public bool Contains(IpPrefix other) => other.Length >= Length && Contains(other.Address);

    /// <summary>Reads <c>address/length</c>; host bits set in the address are accepted and cleared.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> digits = slash < 0 ? default : text[(slash + 1)..];
        if (slash < 0
            || digits.Length is < 1 or > 3
            || (digits.Length > 1 && digits[0] == '0')
            || digits.ContainsAnyExceptInRange('0', '9')
            || !IpAddr.TryParse(text[..slash], out IpAddr address)
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > address.BitLength
            || EndsMapped(address, length))
        {
            return false;
        }

        prefix = new(address, length);
        return true;
    }

    // ::/80 to ::fffe:0:0/95 end on a v4-mapped address, which is no IPv6 address here: such a network has no Last.
    private static bool EndsMapped(IpAddr address, int length) => address.IsIPv6 && address.Highest(length).IsIPv4;

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out IpPrefix)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpPrefix prefix) => TryParse(text.AsSpan(), out prefix);

    /// <summary>Reads a prefix the program itself wrote; what people or peers wrote goes through TryParse.</summary>
    /// <exception cref="FormatException">The text is no prefix.</exception>
    public static IpPrefix Parse(string text) =>
        TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException($"'{text}' is not an address prefix");

    /// <summary>By network address, then shorter prefixes first.</summary>
    public int CompareTo(IpPrefix other)
    {
        int byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : Length.CompareTo(other.Length);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");
}
