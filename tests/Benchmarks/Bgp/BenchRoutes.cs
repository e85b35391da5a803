// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>The prefixes and numbers that every announcer and receiver of a run agrees on.</summary>
internal static class BenchRoutes
{
    internal const int RouterAsn = 64512;
    internal const int ClusterAsn = 64513;
    internal const int FeederAsn = 64515;

    /// <summary>Longest that a session lives here: hold time in seconds.</summary>
    internal const ushort HoldSeconds = 90;

    private const uint First = 0x64400000;

    /// <summary>The n-th prefix, a host route of 100.64.0.0/10.</summary>
    internal static IpPrefix Prefix(int number) => new(IpAddr.FromUInt32(First + (uint)number), 32);

    /// <summary>Number of the prefix of this address in host order.</summary>
    internal static int Number(uint address) => (int)(address - First);

    internal static string Text(int number)
    {
        var address = First + (uint)number;
        return string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}/32");
    }
}
