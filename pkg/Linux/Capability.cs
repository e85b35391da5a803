// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux;

/// <summary>Privileges that are used here, by their numbers in linux/capability.h.</summary>
public enum Capability : byte
{
    /// <summary>CAP_NET_BIND_SERVICE: ports below 1024.</summary>
    NetBindService = 10,

    /// <summary>CAP_NET_ADMIN: changing addresses and interfaces.</summary>
    NetAdmin = 12,

    /// <summary>CAP_NET_RAW: packet sockets.</summary>
    NetRaw = 13,

    /// <summary>CAP_IPC_LOCK: keeping all memory resident.</summary>
    IpcLock = 14,

    /// <summary>CAP_SYS_ADMIN: entering network namespaces.</summary>
    SysAdmin = 21,

    /// <summary>CAP_SYS_NICE: real-time scheduling.</summary>
    SysNice = 23,
}
