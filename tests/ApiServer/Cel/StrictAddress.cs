// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace LoadBalancer.ApiServer.Cel;

/// <summary>Addresses as the rules' ip() takes them: no leading zeros, brackets, zones or shortened IPv4, no IPv4 mapped into IPv6.</summary>
public static class StrictAddress
{
    public static IPAddress? Parse(string text)
    {
        if (text.Any(c => !char.IsAsciiHexDigit(c) && c is not (':' or '.')))
            return null;
        var isSix = text.Contains(':', StringComparison.Ordinal);
        var dotted = isSix ? text[(text.LastIndexOf(':') + 1)..] : text;
        if ((!isSix || dotted.Contains('.', StringComparison.Ordinal)) && !IsDotted(dotted))
            return null;
        return IPAddress.TryParse(text, out var address) && !address.IsIPv4MappedToIPv6 ? address : null;
    }

    private static bool IsDotted(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(p => p.Length is > 0 and <= 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0'));
    }
}
