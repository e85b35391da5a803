// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>How much the vip part measures: by environment.</summary>
internal sealed record VipSizes
{
    /// <summary>How often each failure is measured (VIP_RUNS).</summary>
    internal required int Runs { get; init; }

    /// <summary>Advertisement intervals in milliseconds (VIP_ADVERTS, numbers with commas).</summary>
    internal required IReadOnlyList<int> Adverts { get; init; }

    /// <summary>Numbers of instances in one process (VIP_INSTANCES, numbers with commas).</summary>
    internal required IReadOnlyList<int> Instances { get; init; }

    /// <summary>Seconds an idle daemon is watched (VIP_IDLE_SECONDS).</summary>
    internal required int IdleSeconds { get; init; }

    /// <summary>Seconds of each load on forwarding (VIP_LOAD_SECONDS).</summary>
    internal required int LoadSeconds { get; init; }

    /// <summary>Virtual servers while one server of one of them changes (VIP_SERVICES).</summary>
    internal required int Services { get; init; }

    /// <summary>Seconds that all processors burn (VIP_BURN_SECONDS).</summary>
    internal required int BurnSeconds { get; init; }

    internal static VipSizes FromEnvironment(int? runs) => new()
    {
        Runs = runs ?? Numbers("VIP_RUNS", "5")[0],
        Adverts = Numbers("VIP_ADVERTS", "1000,100,10"),
        Instances = Numbers("VIP_INSTANCES", "1,255,4000"),
        IdleSeconds = Numbers("VIP_IDLE_SECONDS", "10")[0],
        LoadSeconds = Numbers("VIP_LOAD_SECONDS", "2")[0],
        Services = Numbers("VIP_SERVICES", "1000")[0],
        BurnSeconds = Numbers("VIP_BURN_SECONDS", "30")[0],
    };

    /// <summary>What `bench` without arguments takes: minutes, not tens of them, where the environment says nothing else.</summary>
    internal static VipSizes Short(int? runs) => FromEnvironment(runs ?? Numbers("VIP_RUNS", "2")[0]) with
    {
        Adverts = Numbers("VIP_ADVERTS", "100"),
        Instances = Numbers("VIP_INSTANCES", "1,255"),
        BurnSeconds = Numbers("VIP_BURN_SECONDS", "10")[0],
    };

    private static int[] Numbers(string name, string usual)
    {
        var text = Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? given : usual;
        return [.. text.Split(',').Select(n =>
            int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? number
                : throw new InvalidOperationException($"{name}={text}: whole numbers above zero with commas between are wanted, such as {usual}."))];
    }
}
