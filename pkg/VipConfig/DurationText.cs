// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;

namespace LoadBalancer.VipConfig;

/// <summary>Durations as vipd.yaml writes them: whole or decimal numbers with units, such as <c>100ms</c>, <c>1.5s</c> or <c>1m30s</c>.</summary>
internal static class DurationText
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
        ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
    ];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        decimal ticks = 0;
        bool any = text is "0";
        while (!(any && (text.IsEmpty || text is "0")))
        {
            int digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits is < 1 or > 20 || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
                return false;
            text = text[digits..];
            long unit = 0;
            foreach ((string name, long length) in Units)
                if (unit == 0 && text.StartsWith(name, StringComparison.Ordinal))
                {
                    text = text[name.Length..];
                    unit = length;
                }

            if (unit == 0 || number > 1_000_000_000_000_000m)
                return false;
            ticks += number * unit;
            any = true;
            if (text.IsEmpty)
                break;
        }

        // Ten years: more is a slip of the pen, and far from any overflow.
        if (ticks > TimeSpan.TicksPerDay * 3653m)
            return false;
        duration = new TimeSpan((long)ticks);
        return true;
    }

    /// <summary>The text that reads as exactly this duration.</summary>
    public static string Write(TimeSpan duration)
    {
        long ticks = duration.Ticks;
        return ticks switch
        {
            0 => "0s",
            _ when ticks % TimeSpan.TicksPerHour == 0 => Whole(ticks, TimeSpan.TicksPerHour, "h"),
            _ when ticks % TimeSpan.TicksPerMinute == 0 => Whole(ticks, TimeSpan.TicksPerMinute, "m"),
            _ when ticks % TimeSpan.TicksPerSecond == 0 => Whole(ticks, TimeSpan.TicksPerSecond, "s"),
            _ when ticks % TimeSpan.TicksPerMillisecond == 0 => Whole(ticks, TimeSpan.TicksPerMillisecond, "ms"),
            _ => ((decimal)ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture) + "us",
        };
    }

    private static string Whole(long ticks, long unit, string name) => (ticks / unit).ToString(CultureInfo.InvariantCulture) + name;
}
