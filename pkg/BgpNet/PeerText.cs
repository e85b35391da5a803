// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace LoadBalancer.BgpNet;

/// <summary>Makes what a peer calls text fit to be logged: it decides nothing and cannot write into anyone's terminal.</summary>
internal static class PeerText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text with every control, format and separator character made a space; hexadecimal digits when it is no UTF-8.</summary>
    public static string Clean(ReadOnlySpan<byte> octets)
    {
        if (!System.Text.Unicode.Utf8.IsValid(octets))
        {
            return "0x" + Convert.ToHexStringLower(octets);
        }

        StringBuilder text = new(octets.Length);
        foreach (Rune rune in Strict.GetString(octets).EnumerateRunes())
        {
            bool plain = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned);
            _ = text.Append(plain ? rune.ToString() : " ");
        }

        return text.ToString();
    }
}
