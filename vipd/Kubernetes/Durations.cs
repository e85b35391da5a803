// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>Durations as Kubernetes writes them, in one unit: 100ms, 1s, 1.5s, 5m.</summary>
internal static class Durations
{
    /// <summary>Reads one; text that is absent leaves the value as it is.</summary>
    public static bool TryRead(string? text, string field, ref TimeSpan value, ref string? wrong)
    {
        if (string.IsNullOrEmpty(text))
            return true;
        (string number, double seconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
            _ when text.EndsWith('s') => (text[..^1], 1),
            _ when text.EndsWith('m') => (text[..^1], 60),
            _ when text.EndsWith('h') => (text[..^1], 3600),
            _ => ("", 0),
        };
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) || count > 1e6)
        {
            wrong = $"{field} is \"{text}\", which is no duration: write one such as 100ms, 1s or 5m";
            return false;
        }

        value = TimeSpan.FromTicks((long)Math.Round(count * seconds * TimeSpan.TicksPerSecond));
        return true;
    }
}
