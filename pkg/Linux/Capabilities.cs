// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>What the calling thread may do (capabilities(7), the effective set), bit by number.</summary>
public readonly record struct Capabilities(ulong Effective)
{
    private const uint Version3 = 0x20080522;
    private const int HeaderWords = 2;
    private const int SetWords = 3;

    /// <summary>Asks the kernel about the calling thread; threads started later by it have the same.</summary>
    public static unsafe Capabilities Read()
    {
        // Version, thread (0: this one); then two sets of 32 bits each of effective, permitted, inheritable.
        uint* header = stackalloc uint[HeaderWords] { Version3, 0 };
        uint* sets = stackalloc uint[2 * SetWords];
        return Libc.GetCapabilities(header, sets) == 0
            ? new(sets[0] | ((ulong)sets[SetWords] << 32))
            : throw LinuxException.Last("read the capabilities of the process");
    }

    /// <summary>Whether a capability is there.</summary>
    public bool Has(Capability capability) => (Effective >> (int)capability & 1) != 0;

    /// <summary>A sentence that names the missing capability, what it is for and how to give it.</summary>
    public static string Remedy(Capability capability)
    {
        (string name, string purpose) = capability switch
        {
            Capability.NetBindService => ("NET_BIND_SERVICE", "listens on a port below 1024"),
            Capability.NetAdmin => ("NET_ADMIN", "changes addresses of interfaces"),
            Capability.NetRaw => ("NET_RAW", "opens packet sockets"),
            Capability.IpcLock => ("IPC_LOCK", "keeps its memory resident"),
            Capability.SysAdmin => ("SYS_ADMIN", "enters network namespaces"),
            Capability.SysNice => ("SYS_NICE", "asks for real-time scheduling"),
            _ => throw new UnreachableException(),
        };
        return $"CAP_{name} is missing: the process {purpose}; add {name} to securityContext.capabilities.add of its container, "
            + $"AmbientCapabilities=CAP_{name} to its systemd unit, or run it as root";
    }
}
