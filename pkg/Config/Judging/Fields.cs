// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.Config.Judging;

/// <summary>Reads single fields; what is wrong becomes a sentence that begins with the field.</summary>
internal static class Fields
{
    private const int LongestInterfaceName = 15;

    /// <summary>A number within bounds; null when absent or wrong.</summary>
    public static long? Number(long? value, string field, long least, long most, Remarks remarks, string unit = "")
    {
        if (value is not { } number || (number >= least && number <= most))
            return value;
        remarks.Errors.Add(string.Create(CultureInfo.InvariantCulture, $"{field} is {number}: use {least} to {most}{unit}"));
        return null;
    }

    /// <summary>A duration; null when absent, empty or wrong.</summary>
    public static TimeSpan? Duration(string? text, string field, Remarks remarks)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (DurationText.TryParse(text, out TimeSpan duration))
            return duration;
        remarks.Errors.Add($"{field} is \"{text}\", which is no duration: write it like 30s, 1500ms or 1m30s");
        return null;
    }

    /// <summary>An address; null when absent, empty or wrong.</summary>
    public static IpAddr? Address(string? text, string field, Remarks remarks)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (IpAddr.TryParse(text, out IpAddr address))
            return address;
        remarks.Errors.Add($"{field} is \"{text}\", which is no IP address: write it like 192.0.2.1 or 2001:db8::1");
        return null;
    }

    /// <summary>The name of a network interface or VRF; null when absent, empty or wrong.</summary>
    public static string? InterfaceName(string? text, string field, Remarks remarks)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        bool valid = text.Length <= LongestInterfaceName && text is not ("." or "..");
        foreach (char c in text)
            valid &= c is > ' ' and < '\x7f' and not '/' and not ':';
        if (valid)
            return text;
        remarks.Errors.Add($"{field} is \"{text}\", which no interface can be called: use at most {LongestInterfaceName} characters, none of them a space, / or :");
        return null;
    }
}
