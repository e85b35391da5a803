// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Config;

/// <summary>Reads durations as manifests write them: numbers with units, such as <c>1.1s</c>, <c>500ms</c> or <c>1h30m</c>.</summary>
public static class DurationText
{
    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond), ("ns", 1d / TimeSpan.NanosecondsPerTick),
        ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
    ];

    /// <summary>Reads a duration; nanoseconds below the resolution of 100 are dropped.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        double ticks = 0;
        bool any = text is "0";
        while (!any || (!text.IsEmpty && text is not "0"))
        {
            int digits = text.IndexOfAnyExceptInRange('.', '9');
            if (digits < 1 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            text = text[digits..];
            (int length, double unit) = MatchUnit(text);
            if (length == 0)
            {
                return false;
            }

            ticks += number * unit;
            text = text[length..];
            any = true;
        }

        bool fits = ticks < TimeSpan.MaxValue.Ticks / 2d;
        duration = fits ? new TimeSpan((long)ticks) : default;
        return fits;
    }

    private static (int Length, double Ticks) MatchUnit(ReadOnlySpan<char> text)
    {
        foreach ((string unit, double ticks) in Units)
        {
            if (text.StartsWith(unit, StringComparison.Ordinal))
            {
                return (unit.Length, ticks);
            }
        }

        return default;
    }
}
