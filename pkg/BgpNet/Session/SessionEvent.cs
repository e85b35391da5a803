// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>One input of a session; lives no longer than the octets it shows.</summary>
public readonly ref struct SessionEvent
{
    private SessionEvent(SessionEventKind kind) => Kind = kind;

    /// <summary>What happened.</summary>
    public SessionEventKind Kind { get; }

    internal ConnectionId Connection { get; private init; }

    internal ReadOnlySpan<byte> Octets { get; private init; }

    internal string? Text { get; private init; }

    internal StopReason Reason { get; private init; }

    internal SessionOptions? Options { get; private init; }

    internal AfiSafi Family { get; private init; }

    internal bool Drained { get; private init; }

    internal PathStatus PathStatus { get; private init; }

    /// <summary>The time moved on. Early, late or twice is harmless.</summary>
    public static SessionEvent Timer => new(SessionEventKind.Timer);

    /// <summary>Open the session and keep it open.</summary>
    public static SessionEvent Start => new(SessionEventKind.Start);

    /// <summary>End the session, with the operator's text for the peer, and stay stopped.</summary>
    public static SessionEvent Stop(StopReason reason, string? text = null) => new(SessionEventKind.Stop) { Reason = reason, Text = text };

    /// <summary>End the session and open it anew after a second.</summary>
    public static SessionEvent Reset(StopReason reason, string? text = null) => new(SessionEventKind.Reset) { Reason = reason, Text = text };

    /// <summary>Replaces the configuration; resets the session only when the peer must see another OPEN, or be judged anew.</summary>
    /// <exception cref="ArgumentException">The options have errors.</exception>
    public static SessionEvent Configure(SessionOptions options)
    {
        BgpSession.Require(options);
        return new(SessionEventKind.Configure) { Options = options };
    }

    /// <summary>A dial that was asked for has succeeded.</summary>
    public static SessionEvent Connected(ConnectionId connection) => new(SessionEventKind.Connected) { Connection = connection };

    /// <summary>It has failed; why, in words.</summary>
    public static SessionEvent ConnectFailed(ConnectionId connection, string why) =>
        new(SessionEventKind.ConnectFailed) { Connection = connection, Text = why };

    /// <summary>The peer dialled us. The number must be new for this session; the driver has checked the address.</summary>
    public static SessionEvent Accepted(long number) =>
        new(SessionEventKind.Accepted) { Connection = new(ConnectionOrigin.Incoming, number) };

    /// <summary>The transport is gone or the peer has closed; why, in words. Not needed after a Close command.</summary>
    public static SessionEvent Closed(ConnectionId connection, string why) =>
        new(SessionEventKind.Closed) { Connection = connection, Text = why };

    /// <summary>Octets came, cut anywhere.</summary>
    public static SessionEvent Received(ConnectionId connection, ReadOnlySpan<byte> octets) =>
        new(SessionEventKind.Received) { Connection = connection, Octets = octets };

    /// <summary>The peer's side took octets (acknowledged them, where that is known); drained: none are left that wait.</summary>
    public static SessionEvent Sent(ConnectionId connection, bool drained) =>
        new(SessionEventKind.Sent) { Connection = connection, Drained = drained };

    /// <summary>The driver wrote UPDATEs of its own to the connection, or put them in its queue.</summary>
    public static SessionEvent UpdatesWritten(ConnectionId connection) => new(SessionEventKind.UpdatesWritten) { Connection = connection };

    /// <summary>
    /// All routes of the family are written, as SendRoutes asked for, and the End-of-RIB or end marker behind them. That is
    /// written only when it is known what all routes are: what is not among them, the peer of a restarted speaker drops.
    /// </summary>
    public static SessionEvent RoutesWritten(ConnectionId connection, AfiSafi family) =>
        new(SessionEventKind.RoutesWritten) { Connection = connection, Family = family };

    /// <summary>What watches the path says something new of it.</summary>
    public static SessionEvent Path(PathStatus status) => new(SessionEventKind.Path) { PathStatus = status };
}
