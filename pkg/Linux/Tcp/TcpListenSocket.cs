// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tcp;

/// <summary>
/// One listening address for all peers: who connected is told before anything is read, and a peer with a password is heard
/// only with it. On the reactor's thread only.
/// </summary>
public sealed unsafe class TcpListenSocket : IDisposable
{
    private const int MostPerRound = 64;
    private const int ConnectionAborted = 103;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TcpTransport _transport;
    private readonly FileDescriptor _socket;
    private readonly ITcpAcceptor _acceptor;

    internal TcpListenSocket(TcpTransport transport, FileDescriptor socket, TcpEndpoint local, TcpListenOptions options, ITcpAcceptor acceptor)
    {
        _transport = transport;
        _socket = socket;
        _acceptor = acceptor;
        Local = local;
        Options = options;
        transport.Reactor.Add(socket, Readiness.Readable, _ => AcceptAll());
    }

    /// <summary>The address and port as asked for.</summary>
    public TcpEndpoint Local { get; }

    /// <summary>How it was made.</summary>
    public TcpListenOptions Options { get; }

    internal MonoTime ResumeAt { get; private set; } = MonoTime.Never;

    /// <summary>
    /// Sets, replaces or takes away (null) the password of all peers in a prefix; the longest prefix counts. It holds for
    /// connections to come: those that are there have keys of their own.
    /// </summary>
    public bool TrySetKey(IpPrefix peers, TcpKey? key, out TcpFault fault) => TcpSocket.TrySetKey(_socket, peers, key, out fault);

    internal static bool TryOpen(
        TcpEndpoint local, TcpListenOptions options, ITcpAcceptor acceptor, [NotNullWhen(true)] out FileDescriptor? socket, out TcpFault fault)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(acceptor);
        IpFamily family = local.Address.Family;
        bool v4 = family == IpFamily.IPv4;
        if (!TcpSocket.TryOpen(family, out socket, out fault))
        {
            return false;
        }

        if ((v4 || TcpSocket.TrySet(socket!, TcpOption.Ipv6Only, 1, out fault))
            && TcpSocket.TrySet(socket!, TcpOption.ReuseAddress, 1, out fault)
            && TcpSocket.TrySet(socket!, TcpOption.SaveSyn, 1, out fault)
            && TcpSocket.TrySet(socket!, v4 ? TcpOption.TrafficClass4 : TcpOption.TrafficClass6, options.TrafficClass, out fault)
            && TcpSocket.TrySetHops(socket!, family, options.Hops.OrFull, out fault)
            && TcpSocket.TrySetDevice(socket!, options.Device, out fault)
            && (!options.FreeBind || TcpSocket.TrySet(socket!, v4 ? TcpOption.FreeBind4 : TcpOption.FreeBind6, 1, out fault))
            && TcpTransport.TryBindTo(socket!, local, out fault))
        {
            fault = Libc.Listen(socket!, options.Backlog) == 0 ? TcpFault.None : TcpFault.Last(Marshal.GetLastPInvokeError(), $"listen on {local}");
        }

        if (fault.Kind != TcpFaultKind.None)
        {
            socket!.Dispose();
        }

        return fault.Kind == TcpFaultKind.None;
    }

    internal void Resume(MonoTime now)
    {
        if (ResumeAt <= now)
        {
            ResumeAt = MonoTime.Never;
            _transport.Reactor.Change(_socket, Readiness.Readable);
        }
    }

    private void AcceptAll()
    {
        byte* name = stackalloc byte[SocketAddress.MaxLength];
        for (int i = 0; i < MostPerRound && !_socket.IsClosed; i++)
        {
            uint length = SocketAddress.MaxLength;
            int fd = Libc.Accept(_socket, name, &length, Libc.SockNonBlock | Libc.SockCloexec);
            int error = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error == Libc.Eagain)
            {
                return;
            }

            if (error is Libc.Eintr or ConnectionAborted)
            {
                continue;
            }

            if (fd < 0)
            {
                // Out of descriptors, most likely: the connection stays in the queue, and asking again at once would spin.
                _transport.Reactor.Change(_socket, Readiness.None);
                ResumeAt = Reactor.Now + Pause;
                _transport.Watch(this);
                _acceptor.Refused(null, TcpFault.Of($"accept on {Local}", error));
                return;
            }

#pragma warning disable CA2000 // The connection owns it from then on; before, each failure disposes it.
            FileDescriptor socket = FileDescriptor.Own(fd, "accept");
#pragma warning restore CA2000
            if (!SocketAddress.TryRead(new ReadOnlySpan<byte>(name, (int)length), out IpAddr address, out ushort port, out int index)
                || !Take(socket, new(address, port, index)))
            {
                socket.Dispose();
            }
        }
    }

    private bool Take(FileDescriptor socket, TcpEndpoint remote)
    {
        if (_acceptor.Accept(remote, Local) is not { } acceptance)
        {
            return false;
        }

        IpFamily family = remote.Address.Family;
        if (!CameFromNear(socket, family, acceptance.Options.Hops, out TcpFault fault) || !TcpSocket.TryConfigure(socket, family, acceptance.Options, out fault))
        {
            _acceptor.Refused(remote, fault);
            return false;
        }

        TcpConnection connection = new(_transport, socket, acceptance.Handler, acceptance.Options, remote, accepted: true);
        _transport.Add(connection);
        connection.Announce();
        return true;
    }

    // A least TTL that is set now does not cover what has arrived already. The first segment's headers were kept: a peer that
    // was too far away then is refused, and its octets are never looked at.
    private static bool CameFromNear(FileDescriptor socket, IpFamily family, TcpHops hops, out TcpFault fault)
    {
        const int MaxHeaders = 256;
        const int TtlOffset = 8;
        const int HopLimitOffset = 7;
        byte* headers = stackalloc byte[MaxHeaders];
        uint length = MaxHeaders;
        fault = TcpFault.None;
        // Reading also frees what the kernel kept.
        bool known = Libc.GetSockOpt(socket, TcpOption.SavedSyn.Level, TcpOption.SavedSyn.Number, headers, &length) == 0 && length > TtlOffset;
        if (hops.Least is not { } least)
        {
            return true;
        }

        int hopLimit = known ? headers[family == IpFamily.IPv4 ? TtlOffset : HopLimitOffset] : 0;
        fault = hopLimit >= least ? TcpFault.None : new(
            TcpFaultKind.TooFar,
            0,
            known ? $"its first segment arrived with TTL {hopLimit}, and TTL security wants {least} or more" : "the TTL of its first segment is not known, and TTL security wants it");
        return hopLimit >= least;
    }

    /// <summary>Stops listening; accepted connections go on.</summary>
    public void Dispose()
    {
        if (!_socket.IsClosed)
        {
            _transport.Forget(this);
            _transport.Reactor.Remove(_socket);
            _socket.Dispose();
        }
    }
}
