// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>Moves the calling thread into a network namespace (setns(2)); what it opens from then on belongs there.</summary>
public static class NetworkNamespace
{
    private const int NewNet = 0x40000000;
    private const int ReadOnlyCloexec = 0x80000;

    /// <summary>Enters the namespace bound to a path, such as /run/netns/node-1. For threads of one's own: there is no way back.</summary>
    /// <exception cref="LinuxException">No such namespace, or no CAP_SYS_ADMIN.</exception>
    public static void Enter(string path)
    {
        using FileDescriptor place = FileDescriptor.Own(Libc.Open(path, ReadOnlyCloexec), $"open the namespace {path}");
        if (Libc.SetNamespace(place, NewNet) != 0)
        {
            throw LinuxException.Last($"enter the namespace {path}", Capability.SysAdmin);
        }
    }
}
