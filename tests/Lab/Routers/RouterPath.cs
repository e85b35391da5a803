// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Lab.Routers;

/// <summary>A path as a router has it.</summary>
/// <param name="AsPath">AS numbers with blanks between.</param>
/// <param name="Med">MULTI_EXIT_DISC.</param>
/// <param name="Communities">Communities as "64513:100", sorted, with blanks between.</param>
/// <param name="LargeCommunities">Large communities as "64513:1:2", sorted, with blanks between.</param>
/// <param name="LocalPref">LOCAL_PREF; null where the router shows none.</param>
public sealed record RouterPath(string AsPath, uint? Med, string Communities, string LargeCommunities, uint? LocalPref)
{
    /// <summary>Whether it is marked as going away (RFC 8326), by number or as FRR calls it.</summary>
    public bool IsLeaving => Communities.Split(' ').Any(static c => c is "65535:0" or "graceful-shutdown" or "gracefulShutdown");

    /// <summary>Numbers in a fixed order and one blank between.</summary>
    public static string Sorted(IEnumerable<string> communities) => string.Join(' ', communities.Order(StringComparer.Ordinal));

    /// <summary>A community given as one number.</summary>
    public static string Community(uint value) => string.Create(CultureInfo.InvariantCulture, $"{value >> 16}:{value & 0xFFFF}");
}
