// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>How the kernel schedules the reactor's thread.</summary>
public enum ThreadPriorityGrant
{
    /// <summary>As any other thread: no CAP_SYS_NICE, no RLIMIT_RTPRIO. Nothing is wrong, only less certain under load.</summary>
    Ordinary,

    /// <summary>Round-robin real time (SCHED_RR) at the lowest level: before all ordinary threads, behind the kernel's own.</summary>
    RealTime,
}

internal static unsafe class RealTime
{
    private const int RoundRobin = 2;
    private const int LowestLevel = 1;

    /// <summary>Asks for real-time scheduling of the calling thread.</summary>
    public static ThreadPriorityGrant TryRaise()
    {
        int level = LowestLevel;
        return Libc.SetScheduler(0, RoundRobin, &level) == 0 ? ThreadPriorityGrant.RealTime : ThreadPriorityGrant.Ordinary;
    }
}
