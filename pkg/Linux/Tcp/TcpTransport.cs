// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tcp;

/// <summary>
/// TCP connections and listeners of a routing protocol, all on one reactor that its owner starts, best without real time. The
/// owner's settle function calls <see cref="Tick"/> and comes back no later than it says.
/// </summary>
public sealed unsafe class TcpTransport : IDisposable
{
    private readonly List<TcpConnection> _connections = [];
    private readonly List<TcpListenSocket> _listeners = [];
    private MonoTime _next = MonoTime.Never;

    /// <summary>A transport on a reactor. The reactor may start before or after.</summary>
    public TcpTransport(Reactor reactor) => Reactor = reactor;

    /// <summary>How many connections there are, in whatever state.</summary>
    public int Count => _connections.Count;

    internal Reactor Reactor { get; }

    /// <summary>Begins to connect; the answer comes to the handler, never from within this call. False when it cannot even begin.</summary>
    public bool TryConnect(TcpEndpoint remote, TcpOptions options, ITcpHandler handler, [NotNullWhen(true)] out TcpConnection? connection, out TcpFault fault)
    {
        ArgumentNullException.ThrowIfNull(options);
        connection = null;
        IpFamily family = remote.Address.Family;
#pragma warning disable CA2000 // The connection or the listener owns it from then on; before, each failure disposes it.
        if (!TcpSocket.TryOpen(family, out FileDescriptor? socket, out fault))
#pragma warning restore CA2000
        {
            return false;
        }

        if (!TcpSocket.TryConfigure(socket!, family, options, out fault)
            || !TcpSocket.TrySetDevice(socket!, options.Device, out fault)
            || (options.Key is { } key && !TcpSocket.TrySetKey(socket!, new IpPrefix(remote.Address, remote.Address.BitLength), key, out fault))
            || !TryBind(socket!, remote, options, out fault)
            || !TryBegin(socket!, remote, out fault))
        {
            socket!.Dispose();
            return false;
        }

        connection = new TcpConnection(this, socket!, handler, options, remote, accepted: false);
        _connections.Add(connection);
        connection.StartDeadline(Reactor.Now + options.ConnectTimeout);
        return true;
    }

    /// <summary>Listens on an address, for all peers that come to it; peers' keys are set on the listener.</summary>
    public bool TryListen(TcpEndpoint local, TcpListenOptions options, ITcpAcceptor acceptor, [NotNullWhen(true)] out TcpListenSocket? listener, out TcpFault fault)
    {
#pragma warning disable CA2000 // The connection or the listener owns it from then on; before, each failure disposes it.
        listener = TcpListenSocket.TryOpen(local, options, acceptor, out FileDescriptor? socket, out fault)
#pragma warning restore CA2000
            ? new TcpListenSocket(this, socket, local, options, acceptor)
            : null;
        if (listener is not null)
        {
            _listeners.Add(listener);
        }

        return listener is not null;
    }

    /// <summary>Ends what has waited too long; returns when it wants to be called again at the latest.</summary>
    public MonoTime Tick(MonoTime now)
    {
        if (_next > now)
        {
            return _next;
        }

        // Handlers may end and begin connections meanwhile: from the end, by what is there.
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            if (i < _connections.Count && _connections[i].Deadline <= now)
            {
                _connections[i].Expire();
            }
        }

        _next = MonoTime.Never;
        foreach (TcpListenSocket listener in _listeners)
        {
            listener.Resume(now);
            _next = MonoTime.Min(_next, listener.ResumeAt);
        }

        foreach (TcpConnection connection in _connections)
        {
            _next = MonoTime.Min(_next, connection.Deadline);
        }

        return _next;
    }

    internal void Add(TcpConnection connection) => _connections.Add(connection);

    internal void Watch(TcpConnection connection) => _next = MonoTime.Min(_next, connection.Deadline);

    internal void Watch(TcpListenSocket listener) => _next = MonoTime.Min(_next, listener.ResumeAt);

    internal void Forget(TcpConnection connection) => _connections.Remove(connection);

    internal void Forget(TcpListenSocket listener) => _listeners.Remove(listener);

    private static bool TryBind(FileDescriptor socket, TcpEndpoint remote, TcpOptions options, out TcpFault fault)
    {
        fault = TcpFault.None;
        if (options.Source is null && options.SourcePort == 0)
        {
            return true;
        }

        IpAddr source = options.Source ?? (remote.Address.IsIPv4 ? IpAddr.IPv4Any : IpAddr.IPv6Any);
        if (source.Family != remote.Address.Family)
        {
            fault = new(TcpFaultKind.AddressNotAvailable, 0, $"the source address {source} and the peer {remote.Address} are not of one family");
            return false;
        }

        // A port of our own choice may still be held by a connection that has just ended.
        return (options.SourcePort == 0 || TcpSocket.TrySet(socket, TcpOption.ReuseAddress, 1, out fault))
            && TryBindTo(socket, new(source, options.SourcePort, remote.InterfaceIndex), out fault);
    }

    internal static bool TryBindTo(FileDescriptor socket, TcpEndpoint local, out TcpFault fault)
    {
        byte* name = stackalloc byte[SocketAddress.MaxLength];
        int length = SocketAddress.Write(new Span<byte>(name, SocketAddress.MaxLength), local.Address, local.Port, local.InterfaceIndex);
        fault = Libc.Bind(socket, name, (uint)length) == 0 ? TcpFault.None : TcpFault.Last(Marshal.GetLastPInvokeError(), $"bind a TCP socket to {local}");
        return fault.Kind == TcpFaultKind.None;
    }

    private static bool TryBegin(FileDescriptor socket, TcpEndpoint remote, out TcpFault fault)
    {
        byte* name = stackalloc byte[SocketAddress.MaxLength];
        int length = SocketAddress.Write(new Span<byte>(name, SocketAddress.MaxLength), remote.Address, remote.Port, remote.InterfaceIndex);
        fault = Libc.Connect(socket, name, (uint)length) == 0 || Marshal.GetLastPInvokeError() == Libc.Einprogress
            ? TcpFault.None
            : TcpFault.Last(Marshal.GetLastPInvokeError(), $"connect to {remote}");
        return fault.Kind == TcpFaultKind.None;
    }

    /// <summary>Ends everything that is left, without farewell. On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        while (_connections.Count > 0)
        {
            _connections[^1].Dispose();
        }

        while (_listeners.Count > 0)
        {
            _listeners[^1].Dispose();
        }
    }
}
