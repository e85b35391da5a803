// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>How the kernel is to schedule the calling thread, and how nice the process is. Each says why when it is not granted.</summary>
public static unsafe class ThreadScheduling
{
    /// <summary>Levels of SCHED_RR on Linux.</summary>
    public const int MaxRealTimeLevel = 99;

    private const int RoundRobin = 2;
    private const int OfThread = 0;
    private const int MaskOctets = 128;
    private const int BitsOfOctet = 8;

    /// <summary>Puts the calling thread under SCHED_RR at a level from 1 to 99.</summary>
    public static bool TryRealTime(int level, out string? reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxRealTimeLevel);
        return Judge(Libc.SetScheduler(0, RoundRobin, &level), $"schedule a thread in real time at level {level}", out reason);
    }

    /// <summary>Lets the calling thread run on these processors only, counted from 0.</summary>
    public static bool TryRunOn(IEnumerable<int> processors, out string? reason)
    {
        ArgumentNullException.ThrowIfNull(processors);
        byte* mask = stackalloc byte[MaskOctets];
        new Span<byte>(mask, MaskOctets).Clear();
        int[] wanted = [.. processors];
        foreach (int processor in wanted)
        {
            if (processor is < 0 or >= MaskOctets * BitsOfOctet)
            {
                reason = $"there is no processor {processor}";
                return false;
            }

            mask[processor / BitsOfOctet] |= (byte)(1 << (processor % BitsOfOctet));
        }

        return Judge(Libc.SetAffinity(0, MaskOctets, mask), $"keep a thread on processors {string.Join(", ", wanted)}", out reason);
    }

    /// <summary>Gives every thread of the process, and those they start, a nice value from -20 to 19.</summary>
    public static bool TryBeNice(int nice, out string? reason)
    {
        reason = null;
        bool granted = true;
        // setpriority(2) on Linux is of one thread, whatever POSIX says.
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            uint id = uint.Parse(Path.GetFileName(thread.AsSpan()), CultureInfo.InvariantCulture);
            if (!Judge(Libc.SetPriority(OfThread, id, nice), $"give the process the nice value {nice}", out string? refused))
            {
                reason = refused;
                granted = false;
            }
        }

        return granted;
    }

    private static bool Judge(int result, string doing, out string? reason)
    {
        reason = result == 0 ? null : LinuxException.Of(doing, Marshal.GetLastPInvokeError(), needs: Capability.SysNice).Message;
        return result == 0;
    }
}
