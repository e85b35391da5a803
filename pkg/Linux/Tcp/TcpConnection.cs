// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tcp;

/// <summary>
/// One TCP connection on a reactor. Octets come to its <see cref="ITcpHandler"/>; writes are taken whole or refused, so that
/// the writer keeps what is refused as state, not as octets, and no peer makes memory grow. On the reactor's thread only.
/// </summary>
public sealed unsafe partial class TcpConnection : IDisposable
{
    private readonly TcpTransport _transport;
    private readonly FileDescriptor _socket;
    private readonly ITcpHandler _handler;
    private readonly TcpOptions _options;
    private readonly SegmentDrops _dropsBefore;
    private Readiness _interest;

    internal TcpConnection(TcpTransport transport, FileDescriptor socket, ITcpHandler handler, TcpOptions options, TcpEndpoint remote, bool accepted)
    {
        _transport = transport;
        _socket = socket;
        _handler = handler;
        _options = options;
        _longest = Math.Max(LeastReceiveOctets, options.LongestMessage);
        Remote = remote;
        IsAccepted = accepted;
        State = accepted ? TcpConnectionState.Open : TcpConnectionState.Connecting;
        _interest = accepted ? Readiness.Readable : Readiness.Writable;
        _dropsBefore = accepted ? default : SegmentDrops.Read();
        Local = accepted ? ReadLocal() : default;
        Deadline = MonoTime.Never;
        transport.Reactor.Add(socket, _interest, Ready);
    }

    /// <summary>The peer's end.</summary>
    public TcpEndpoint Remote { get; }

    /// <summary>Our end, once it is open.</summary>
    public TcpEndpoint Local { get; private set; }

    /// <summary>Whether the peer connected to us.</summary>
    public bool IsAccepted { get; }

    /// <summary>Where it is in its life.</summary>
    public TcpConnectionState State { get; private set; }

    internal MonoTime Deadline { get; private set; }

    /// <summary>Asks the kernel how far writing has come; all zero for a connection that is over.</summary>
    public TcpProgress Progress
    {
        get
        {
            // struct tcp_info: tcpi_rtt at 68 (microseconds, 4), tcpi_bytes_acked at 120 (8), tcpi_notsent_bytes at 144 (4).
            const int Size = 256;
            byte* info = stackalloc byte[Size];
            new Span<byte>(info, Size).Clear();
            uint length = Size;
            return State == TcpConnectionState.Closed || Libc.GetSockOpt(_socket, TcpOption.Info.Level, TcpOption.Info.Number, info, &length) != 0
                ? default
                : new(*(long*)(info + 120), (int)*(uint*)(info + 144), _pendingEnd - _pendingStart, TimeSpan.FromMicroseconds(*(uint*)(info + 68)));
        }
    }

    /// <summary>
    /// Replaces the password (null: takes it away) without ending the connection: segments by the old one are sent again until
    /// both ends have the new one, so the other end must follow within the time-outs that hold here.
    /// </summary>
    public bool TrySetKey(TcpKey? key, out TcpFault fault)
    {
        fault = TcpFault.None;
        return State == TcpConnectionState.Closed
            || TcpSocket.TrySetKey(_socket, new IpPrefix(Remote.Address, Remote.Address.BitLength), key, out fault);
    }

    /// <summary>
    /// Ends it in order: what was written is sent, then the end is told, and what the peer still sends is thrown away until it
    /// ends, too. So a last message reaches a peer that is in the middle of sending; a reset would overtake it.
    /// </summary>
    public void Close(TimeSpan linger)
    {
        if (State != TcpConnectionState.Open)
        {
            Dispose();
            return;
        }

        State = TcpConnectionState.Draining;
        _receivedEnd = 0;
        Deadline = Reactor.Now + linger;
        _transport.Watch(this);
        Want(Readiness.Readable);
        if (_pendingEnd == _pendingStart)
        {
            _ = Libc.Shutdown(_socket, Libc.ShutWrite);
        }
        else
        {
            Want(_interest | Readiness.Writable);
        }
    }

    /// <summary>Ends it at once with a reset; what was written and not sent is lost.</summary>
    public void Abort()
    {
        if (State != TcpConnectionState.Closed)
        {
            // struct linger: on, seconds.
            int* linger = stackalloc int[2] { 1, 0 };
            _ = Libc.SetSockOpt(_socket, Libc.SolSocket, Libc.SoLinger, linger, 2 * sizeof(int));
            Dispose();
        }
    }

    internal void StartDeadline(MonoTime deadline)
    {
        Deadline = deadline;
        _transport.Watch(this);
    }

    internal void Expire()
    {
        if (State == TcpConnectionState.Connecting)
        {
            Fail(NoAnswer($"no answer from {Remote} within {_options.ConnectTimeout.TotalSeconds:0.###} s", 0));
        }
        else
        {
            Dispose();
        }
    }

    private void Ready(Readiness readiness)
    {
        if (State == TcpConnectionState.Connecting)
        {
            FinishConnect();
            return;
        }

        if ((readiness & Readiness.Writable) != 0)
        {
            Flush();
        }

        if (State != TcpConnectionState.Closed && (readiness & ~Readiness.Writable) != 0)
        {
            Receive((readiness & (Readiness.Failed | Readiness.HungUp)) != 0);
        }
    }

    private void FinishConnect()
    {
        int error = TakeError();
        if (error != 0)
        {
            TcpFault fault = TcpFault.Of($"connect to {Remote}", error);
            Fail(fault.Kind == TcpFaultKind.NoAnswer ? NoAnswer($"no answer from {Remote}", error) : fault);
            return;
        }

        State = TcpConnectionState.Open;
        Deadline = MonoTime.Never;
        Local = ReadLocal();
        Want(Readiness.Readable);
        _handler.Opened(this);
    }

    private TcpFault NoAnswer(string what, int error) => new(
        TcpFaultKind.NoAnswer,
        error,
        $"{what}; {SegmentDrops.Explain(_dropsBefore, SegmentDrops.Read(), _options.Key is not null, _options.Hops.Least is not null)}");

    internal void Announce() => _handler.Opened(this);

    private int TakeError()
    {
        int error = 0;
        uint length = sizeof(int);
        return Libc.GetSockOpt(_socket, Libc.SolSocket, Libc.SoError, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    private TcpEndpoint ReadLocal()
    {
        byte* name = stackalloc byte[SocketAddress.MaxLength];
        uint length = SocketAddress.MaxLength;
        return Libc.GetSockName(_socket, name, &length) == 0
            && SocketAddress.TryRead(new ReadOnlySpan<byte>(name, (int)length), out IpAddr address, out ushort port, out int index)
            ? new(address, port, index)
            : default;
    }

    private void Want(Readiness interest)
    {
        if (_interest != interest && State != TcpConnectionState.Closed)
        {
            _interest = interest;
            _transport.Reactor.Change(_socket, interest);
        }
    }

    private void Fail(TcpFault fault)
    {
        bool told = State is TcpConnectionState.Connecting or TcpConnectionState.Open;
        Dispose();
        if (told)
        {
            _handler.Closed(this, fault);
        }
    }

    /// <summary>Ends it without a further call to its handler; the kernel still sends what it has.</summary>
    public void Dispose()
    {
        if (State != TcpConnectionState.Closed)
        {
            State = TcpConnectionState.Closed;
            _transport.Forget(this);
            _transport.Reactor.Remove(_socket);
            _socket.Dispose();
            (_received, _pending) = ([], []);
            _pendingStart = _pendingEnd = _receivedEnd = 0;
        }
    }
}
