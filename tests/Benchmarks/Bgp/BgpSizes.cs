// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>How much the BGP part measures: quick by default, more by environment.</summary>
internal sealed record BgpSizes
{
    /// <summary>Above this one run into each router has to do.</summary>
    internal const int FewRunsAbove = 100_000;

    /// <summary>Prefixes of the initial synchronisations (BGP_SIZES, numbers with commas).</summary>
    internal required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>The most prefixes that other announcers are measured with (BGP_PEERS_TO).</summary>
    internal required int PeersTo { get; init; }

    /// <summary>The announcers, by name with commas (BGP_ANNOUNCERS); null for all.</summary>
    internal string? Only { get; init; }

    /// <summary>Sessions in one process (BGP_SESSIONS, numbers with commas).</summary>
    internal required IReadOnlyList<int> Sessions { get; init; }

    /// <summary>Services announced while one is added (BGP_SERVICES).</summary>
    internal required int Services { get; init; }

    /// <summary>Seconds of churn (BGP_CHURN_SECONDS).</summary>
    internal required int ChurnSeconds { get; init; }

    /// <summary>Seconds that BFD runs beside burning processors (BFD_BURN_SECONDS).</summary>
    internal required int BurnSeconds { get; init; }

    internal static BgpSizes FromEnvironment() => new()
    {
        Sizes = Numbers("BGP_SIZES", "1000,10000,100000"),
        PeersTo = Numbers("BGP_PEERS_TO", "100000")[0],
        Only = Environment.GetEnvironmentVariable("BGP_ANNOUNCERS"),
        Sessions = Numbers("BGP_SESSIONS", "1,100,500"),
        Services = Numbers("BGP_SERVICES", "10000")[0],
        ChurnSeconds = Numbers("BGP_CHURN_SECONDS", "5")[0],
        BurnSeconds = Numbers("BFD_BURN_SECONDS", "20")[0],
    };

    /// <summary>Whether an announcer of this name is to be measured; we are always.</summary>
    internal bool Announces(string name) =>
        string.IsNullOrEmpty(Only) || name == "this speaker" || Only.Split(',').Contains(name, StringComparer.OrdinalIgnoreCase);

    private static int[] Numbers(string name, string usual)
    {
        var text = Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? given : usual;
        try
        {
            return [.. text.Split(',').Select(static n => int.Parse(n, NumberStyles.None, CultureInfo.InvariantCulture))];
        }
        catch (FormatException)
        {
            throw new InvalidOperationException($"{name}={text}: numbers with commas between are wanted, such as {usual}.");
        }
    }
}
