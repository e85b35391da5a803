// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Config.Judging;

/// <summary>Reads a bandwidth: bits per second, such as <c>100M</c>, <c>1G</c> or <c>2.5G</c>; decimal steps.</summary>
internal static class BandwidthText
{
    private const int BitsPerOctet = 8;

    public static bool TryParse(string text, out float octetsPerSecond)
    {
        double factor = text.Length == 0 ? 0 : text[^1] switch
        {
            'k' => 1e3,
            'M' => 1e6,
            'G' => 1e9,
            'T' => 1e12,
            _ => 1,
        };
        ReadOnlySpan<char> digits = factor > 1 ? text.AsSpan(0, text.Length - 1) : text;
        bool valid = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        octetsPerSecond = valid ? (float)(number * factor / BitsPerOctet) : 0;
        return valid && octetsPerSecond > 0 && float.IsFinite(octetsPerSecond);
    }
}
