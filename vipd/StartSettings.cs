// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd;

/// <summary>Settings of the process that it takes at its start and at no other time.</summary>
internal static class StartSettings
{
    /// <summary>Names of those that one has otherwise than another.</summary>
    public static IReadOnlyList<string> Differing(GlobalSettings one, GlobalSettings other)
    {
        (string Name, bool Differs)[] all =
        [
            ("realtimePriority", one.RealtimePriority != other.RealtimePriority),
            ("nice", one.Nice != other.Nice),
            ("processors", one.Processors != other.Processors),
            ("lockMemory", one.LockMemory != other.LockMemory),
            ("startupDelay", one.StartupDelay != other.StartupDelay),
        ];
        return [.. all.Where(static s => s.Differs).Select(static s => s.Name)];
    }
}
