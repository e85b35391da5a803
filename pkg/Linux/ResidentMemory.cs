// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>Keeps the process in memory, so that a heartbeat never waits for a disk.</summary>
public static class ResidentMemory
{
    private const int Current = 1;
    private const int Future = 2;
    private const int OnFault = 4;

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
