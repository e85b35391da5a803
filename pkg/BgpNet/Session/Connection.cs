// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>One of the two transport connections a peer may have: its state, its timers, what came of an unfinished message.</summary>
internal sealed class Connection
{
    public ConnectionId Id { get; private set; }

    public bool IsLive { get; private set; }

    /// <summary>Connect or Active while our OPEN is delayed.</summary>
    public SessionState State { get; set; }

    public NegotiatedSession? Negotiated { get; set; }

    /// <summary>How the peer's UPDATEs are read; a family that had an error is taken out.</summary>
    public UpdateContext Receive { get; set; }

    public ReceiveBuffer Buffer { get; } = new();

    public MonoTime HoldAt { get; set; }

    public MonoTime KeepaliveAt { get; set; }

    public MonoTime DelayOpenAt { get; set; }

    public MonoTime SendHoldAt { get; set; }

    /// <summary>When, among all that was sent to the peer, our OPEN went out; late when it has not.</summary>
    public long OpenOrder { get; set; }

    /// <summary>The same of our first KEEPALIVE.</summary>
    public long ConfirmOrder { get; set; }

    public bool ExtendedMessages => Negotiated is { ExtendedMessages: true };

    public MonoTime NextDeadline =>
        IsLive ? MonoTime.Min(MonoTime.Min(HoldAt, KeepaliveAt), MonoTime.Min(DelayOpenAt, SendHoldAt)) : MonoTime.Never;

    public void Take(ConnectionId id)
    {
        Clear();
        Id = id;
        IsLive = true;
        State = id.Origin == ConnectionOrigin.Outgoing ? SessionState.Connect : SessionState.Active;
    }

    public void Clear()
    {
        IsLive = false;
        Id = default;
        State = SessionState.Idle;
        Negotiated = null;
        Receive = default;
        Buffer.Clear();
        HoldAt = MonoTime.Never;
        KeepaliveAt = MonoTime.Never;
        DelayOpenAt = MonoTime.Never;
        SendHoldAt = MonoTime.Never;
        OpenOrder = long.MaxValue;
        ConfirmOrder = long.MaxValue;
    }
}
