// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux;

/// <summary>
/// Membership in solicited-node groups, on an ordinary IPv6 socket: so the interface lets the frames in, and the kernel
/// tells snooping switches with MLD reports, which a membership on a packet socket would not.
/// </summary>
public sealed unsafe class SolicitedNodeGroups : IDisposable
{
    private const int Ipv6Level = 41;
    private const int JoinGroup = 20;
    private const int LeaveGroup = 21;
    private const int GroupsPerSocket = 64;

    // The kernel charges memberships to a socket's option memory (net.core.optmem_max): many groups need several sockets.
    private readonly List<(FileDescriptor Socket, HashSet<(int, IpAddr)> Joined)> _sockets = [];

    /// <summary>Joins a group on an interface; once is enough.</summary>
    /// <exception cref="LinuxException">The interface is gone, or IPv6 is off on it.</exception>
    public void Join(int interfaceIndex, IpAddr group)
    {
        (FileDescriptor Socket, HashSet<(int, IpAddr)> Joined) place = _sockets.Find(s => s.Joined.Count < GroupsPerSocket);
        if (place.Socket is null)
        {
            place = (FileDescriptor.Own(Libc.Socket(Libc.AfInet6, Libc.SockDgram | Libc.SockCloexec, 0), "open an IPv6 socket"), []);
            _sockets.Add(place);
        }

        Change(place.Socket, JoinGroup, interfaceIndex, group);
        place.Joined.Add((interfaceIndex, group));
    }

    /// <summary>Leaves a group; one that was not joined, or whose interface is gone, is no error.</summary>
    public void Leave(int interfaceIndex, IpAddr group)
    {
        foreach ((FileDescriptor socket, HashSet<(int, IpAddr)> joined) in _sockets)
        {
            if (joined.Remove((interfaceIndex, group)))
            {
                try
                {
                    Change(socket, LeaveGroup, interfaceIndex, group);
                }
                catch (LinuxException fault) when (fault.Error is LinuxException.AddressNotAvailable or LinuxException.NoDevice)
                {
                    // Gone with the interface.
                }

                return;
            }
        }
    }

    private static void Change(FileDescriptor socket, int option, int interfaceIndex, IpAddr group)
    {
        // struct ipv6_mreq: group, interface index.
        byte* request = stackalloc byte[20];
        group.Write(new Span<byte>(request, 16));
        *(int*)(request + 16) = interfaceIndex;
        if (Libc.SetSockOpt(socket, Ipv6Level, option, request, 20) != 0)
        {
            throw LinuxException.Last($"{(option == JoinGroup ? "join" : "leave")} {group} on interface {interfaceIndex}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((FileDescriptor socket, _) in _sockets)
        {
            socket.Dispose();
        }
    }
}
