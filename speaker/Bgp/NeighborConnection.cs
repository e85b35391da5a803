// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>One of the at most two connections with a router, between the transport and the session.</summary>
internal sealed class NeighborConnection(BgpNeighbor neighbor, ConnectionId id) : ITcpHandler
{
    private TcpConnection? _tcp;
    private TcpProgress _told;
    private bool _opened;

    public ConnectionId Id => id;

    /// <summary>Our end.</summary>
    public TcpEndpoint Local => _tcp?.Local ?? default;

    public void Attach(TcpConnection tcp) => _tcp = tcp;

    public void SetKey(TcpKey? key) => _ = _tcp?.TrySetKey(key, out _);

    public bool TryWrite(ReadOnlySpan<byte> messages) => _tcp?.TryWrite(messages) ?? false;

    public void WriteUrgent(ReadOnlySpan<byte> message) => _ = _tcp?.TryWriteUrgent(message);

    /// <summary>Closes it, after what was written is sent when it may linger.</summary>
    public void Close(TimeSpan linger)
    {
        if (linger > TimeSpan.Zero)
            _tcp?.Close(linger);
        else
            _tcp?.Abort();
    }

    /// <summary>Tells the session what the router has taken since this was last told.</summary>
    public void ReportProgress(MonoTime now)
    {
        if (!_opened || _tcp is null)
            return;
        TcpProgress progress = _tcp.Progress;
        bool drained = progress is { NotSent: 0, Pending: 0 };
        if (progress.Acknowledged != _told.Acknowledged || drained)
            neighbor.Step(SessionEvent.Sent(id, drained), now);
        _told = progress;
    }

    void ITcpHandler.Opened(TcpConnection connection)
    {
        _tcp = connection;
        _opened = true;
        neighbor.Add(this);
        neighbor.Step(id.Origin == ConnectionOrigin.Outgoing ? SessionEvent.Connected(id) : SessionEvent.Accepted(id.Number), Reactor.Now);
    }

    int ITcpHandler.Received(TcpConnection connection, ReadOnlySpan<byte> octets)
    {
        neighbor.Step(SessionEvent.Received(id, octets), Reactor.Now);
        neighbor.Count();
        return octets.Length;
    }

    void ITcpHandler.Writable(TcpConnection connection) => neighbor.Wake();

    void ITcpHandler.Closed(TcpConnection connection, TcpFault fault)
    {
        neighbor.Forget(id);
        neighbor.Step(_opened ? SessionEvent.Closed(id, fault.Sentence) : SessionEvent.ConnectFailed(id, fault.Sentence), Reactor.Now);
    }
}
