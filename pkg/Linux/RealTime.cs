// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>How the kernel schedules the reactor's thread.</summary>
public enum ThreadPriorityGrant
{
    /// <summary>As any other thread: no CAP_SYS_NICE, no RLIMIT_RTPRIO. Nothing is wrong, only less certain under load.</summary>
    Ordinary,

    /// <summary>Before all ordinary threads as far as the fair scheduler goes (nice -20); real time was refused.</summary>
    Favoured,

    /// <summary>Round-robin real time (SCHED_RR) at the lowest level: before all ordinary threads, behind the kernel's own.</summary>
    RealTime,
}

internal static unsafe class RealTime
{
    private const int RoundRobin = 2;
    private const int LowestLevel = 1;
    private const int OfThread = 0;
    private const int MostFavoured = -20;

    /// <summary>Asks for real-time scheduling of the calling thread, and for the next best where that is refused (a control group without real-time share, a limit).</summary>
    public static ThreadPriorityGrant TryRaise()
    {
        int level = LowestLevel;
        if (Libc.SetScheduler(0, RoundRobin, &level) == 0)
        {
            return ThreadPriorityGrant.RealTime;
        }

        // On Linux "this process" is the calling thread here (setpriority(2), C library and kernel differences).
        return Libc.SetPriority(OfThread, 0, MostFavoured) == 0 ? ThreadPriorityGrant.Favoured : ThreadPriorityGrant.Ordinary;
    }
}
