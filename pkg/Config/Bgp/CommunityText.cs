// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Config.Bgp;

/// <summary>Reads communities as people write them: <c>N:M</c> or <c>large:A:B:C</c>.</summary>
public static class CommunityText
{
    private const string Large = "large";

    /// <summary>Reads a community; an alias is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="community">The community, when true is returned.</param>
    /// <param name="remedy">What is wrong with the text and what to write, when false is returned.</param>
    public static bool TryParse(string text, out BgpCommunity community, out string remedy)
    {
        ArgumentNullException.ThrowIfNull(text);
        community = default;
        remedy = "";
        string[] parts = text.Split(':');
        if (parts.Length == 2)
        {
            if (TryNumber(parts[0], ushort.MaxValue, out uint high) && TryNumber(parts[1], ushort.MaxValue, out uint low))
                community = BgpCommunity.Standard((high << 16) | low);
            else
                remedy = "both numbers of a community must be 0 to 65535; for larger ones use large:A:B:C";
        }
        else if (parts.Length == 4 && parts[0] != Large)
            remedy = $"a community of three numbers begins with \"{Large}:\", not \"{parts[0]}:\"";
        else if (parts.Length == 4)
        {
            if (TryNumber(parts[1], uint.MaxValue, out uint a) && TryNumber(parts[2], uint.MaxValue, out uint b) && TryNumber(parts[3], uint.MaxValue, out uint c))
                community = BgpCommunity.Large(a, b, c);
            else
                remedy = "each number of a large community must be 0 to 4294967295";
        }
        else
            remedy = "it is no community, write N:M (64500:1) or large:A:B:C (large:64500:1:2)";

        return remedy.Length == 0;
    }

    private static bool TryNumber(string text, uint most, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;
}
