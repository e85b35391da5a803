// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace LoadBalancer.Primitives;

public readonly partial record struct IpAddr
{
    private const int MaxTextLength = 45;

    private static readonly SearchValues<char> IPv6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>
    /// Reads dotted-quad IPv4 (four decimal octets, no leading zeros: RFC 6943 3.1.1) or IPv6 text (RFC 4291 2.2), without scope.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddr address)
    {
        address = default;
        if (text.IsEmpty || text.Length > MaxTextLength)
        {
            return false;
        }

        if (text.IndexOf(':') < 0)
        {
            return TryParseIPv4(text, out address);
        }

        // IPAddress also takes brackets, ports and scopes; those mean something else than an address here.
        if (text.ContainsAnyExcept(IPv6Characters) || !IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }

        address = FromIPAddress(parsed);
        if (address.IsIPv6)
        {
            return true;
        }

        address = default;
        return false;
    }

    private static bool TryParseIPv4(ReadOnlySpan<char> text, out IpAddr address)
    {
        address = default;
        uint value = 0;
        for (int octet = 0; octet < 4; octet++)
        {
            int length = octet < 3 ? text.IndexOf('.') : text.Length;
            if (length is < 1 or > 3
                || (length > 1 && text[0] == '0')
                || text[..length].ContainsAnyExceptInRange('0', '9') // the runtime's own parser lets NULs trail
                || !byte.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out byte number))
            {
                return false;
            }

            value = (value << 8) | number;
            text = octet < 3 ? text[(length + 1)..] : default;
        }

        address = FromUInt32(value);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out IpAddr)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpAddr address) => TryParse(text.AsSpan(), out address);

    /// <summary>Reads an address the program itself wrote; what people or peers wrote goes through TryParse.</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static IpAddr Parse(string text) =>
        TryParse(text, out IpAddr address) ? address : throw new FormatException($"'{text}' is not an IP address");

    static IpAddr ISpanParsable<IpAddr>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    static IpAddr IParsable<IpAddr>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool ISpanParsable<IpAddr>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out IpAddr result) => TryParse(s, out result);

    static bool IParsable<IpAddr>.TryParse(string? s, IFormatProvider? provider, out IpAddr result) => TryParse(s, out result);

    /// <summary>Dotted quad, or the canonical IPv6 form of RFC 5952.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[MaxTextLength];
        _ = TryFormat(text, out int length);
        return new string(text[..length]);
    }

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>Writes the text of <see cref="ToString()"/>; 45 characters always suffice.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten)
    {
        IpTextWriter<char> writer = new(destination);
        WriteText(ref writer);
        return writer.TryFinish(out charsWritten);
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(destination, out charsWritten);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        IpTextWriter<byte> writer = new(utf8Destination);
        WriteText(ref writer);
        return writer.TryFinish(out bytesWritten);
    }

    private void WriteText<TChar>(ref IpTextWriter<TChar> writer)
        where TChar : unmanaged, System.Numerics.IBinaryInteger<TChar>
    {
        if (IsIPv4)
        {
            writer.IPv4((uint)_low);
        }
        else
        {
            writer.IPv6(_high, _low);
        }
    }
}
