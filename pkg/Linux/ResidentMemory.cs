// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>What of the process lies in memory: little, and pinned on demand, so that a heartbeat never waits for a disk.</summary>
public static class ResidentMemory
{
    private const int Current = 1;
    private const int Future = 2;
    private const int OnFault = 4;
    private const int MostArenas = -8;

    /// <summary>
    /// Lets threads that start from now on share the C library's first heap (mallopt(3), M_ARENA_MAX) where each would get
    /// one of its own, with pages that stay: native code allocates seldom here, and nobody waits for another.
    /// </summary>
    public static void ShareHeap() => _ = Libc.SetAllocator(MostArenas, 1);

    /// <summary>
    /// Pins what is in use now and every page used later (mlockall(2)); pages reserved and never touched stay unclaimed.
    /// False, with the reason, when the kernel does not grant it: nothing is wrong then, only less certain under memory pressure.
    /// </summary>
    public static bool TryKeep(out string? reason)
    {
        // Without on-fault locking the runtime's large reservations would all be claimed at once.
        if (Libc.LockAllMemory(Current | Future | OnFault) == 0)
        {
            reason = null;
            return true;
        }

        reason = LinuxException.Of("keep the memory resident", Marshal.GetLastPInvokeError(), needs: Capability.IpcLock).Message;
        return false;
    }
}
