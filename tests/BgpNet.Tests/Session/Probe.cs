// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>A session in virtual time and a log of what it asked for, with a peer played by hand: we are AS 64513, 192.0.2.1, it is AS 64514.</summary>
internal sealed class Probe : ISessionSink
{
    public const uint OurId = 0xc0000201;
    public const uint HigherId = 0xc0000202;
    public const uint LowerId = 0xc0000101;
    public static readonly ConnectionId Out1 = new(ConnectionOrigin.Outgoing, 1);
    public static readonly ConnectionId Out2 = new(ConnectionOrigin.Outgoing, 2);
    public static readonly ConnectionId In1 = new(ConnectionOrigin.Incoming, 1);
    public static readonly ConnectionId In2 = new(ConnectionOrigin.Incoming, 2);

    private static readonly SpeakerOpen OurOpen = new()
    {
        Asn = 64513,
        Identifier = OurId,
        Families = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast],
        HostName = null,
    };

    public static readonly SessionOptions Options = new()
    {
        Name = "BGPPeer tor1",
        Open = OurOpen,
        Rules = new() { AsKind = PeerAsKind.Exactly, Asn = 64514 },
    };

    public static readonly GracefulRestartTerms Restart = new()
    {
        RestartSeconds = 120,
        NotificationPreserves = true,
        Families = [new(AfiSafi.IPv4Unicast, true), new(AfiSafi.IPv6Unicast, true)],
    };

    public Probe(SessionOptions? options = null, ulong seed = 1) => Session = new(options ?? Options, seed);

    public static SpeakerOpen PeerOpen { get; } = OurOpen with { Asn = 64514, Identifier = HigherId };

    public BgpSession Session { get; }

    public MonoTime Now { get; private set; } = new(1_000_000_000);

    public MonoTime Armed { get; private set; } = MonoTime.Never;

    /// <summary>What was asked for since the log was last taken, without state changes and timers.</summary>
    public List<string> Log { get; } = [];

    public List<(SessionState From, SessionState To)> States { get; } = [];

    public bool TakesWhatIsSent { get; set; } = true;

    public List<SessionEnd> Ends { get; } = [];

    public byte[] LastOpen { get; private set; } = [];

    /// <summary>Announced and withdrawn prefixes that were handed on.</summary>
    public List<string> Routes { get; } = [];

    public string LastText => Ends[^1].Text;

    public SessionState State => Session.State;

    public static SessionOptions WithRestart(SessionOptions options) => options with { Open = options.Open with { GracefulRestart = Restart } };

    public static byte[] Open(SpeakerOpen open)
    {
        byte[] buffer = new byte[MessageFrame.MaxLength];
        Assert.True(open.TryWrite(buffer, out int length));
        return buffer[..length];
    }

    public static byte[] Notification(NotificationCode code, byte subcode, string data = "")
    {
        byte[] buffer = new byte[MessageFrame.MaxLength];
        Assert.True(new NotificationMessage(code, subcode, Vectors.Bytes(data)).TryWrite(buffer, false, out int length));
        return buffer[..length];
    }

    public void Do(SessionEvent input)
    {
        Session.Step(input, Now, this);
        Assert.True(Session.NextDeadline == MonoTime.Never || Armed <= Session.NextDeadline);
        Assert.True(Session.NextDeadline > Now, "a deadline that is past would spin");
    }

    public void Receive(ConnectionId connection, string hex) => Receive(connection, Vectors.Bytes(hex));

    public void Receive(ConnectionId connection, byte[] octets) => Do(SessionEvent.Received(connection, octets));

    public void Wait(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        Armed = MonoTime.Never;
        Do(SessionEvent.Timer);
    }

    /// <summary>Runs the timers up to then as a driver does.</summary>
    public void Run(double seconds)
    {
        MonoTime end = Now + TimeSpan.FromSeconds(seconds);
        while (Armed <= end)
        {
            Now = Armed > Now ? Armed : Now;
            Armed = MonoTime.Never;
            Do(SessionEvent.Timer);
            if (TakesWhatIsSent && Session.EstablishedConnection is { } connection)
            {
                Do(SessionEvent.Sent(connection, drained: true));
            }
        }

        Now = end;
    }

    /// <summary>The log since last time, joined by "; ".</summary>
    public string Take()
    {
        string log = string.Join("; ", Log);
        Log.Clear();
        return log;
    }

    public Probe Started()
    {
        Do(SessionEvent.Start);
        return this;
    }

    public Probe InOpenSent()
    {
        _ = Started();
        Do(Session.Options.Passive ? SessionEvent.Accepted(1) : SessionEvent.Connected(Out1));
        return this;
    }

    public Probe InOpenConfirm(SpeakerOpen? peer = null)
    {
        _ = InOpenSent();
        Receive(Session.Options.Passive ? In1 : Out1, Open(peer ?? PeerOpen));
        return this;
    }

    public Probe InEstablished(SpeakerOpen? peer = null)
    {
        _ = InOpenConfirm(peer);
        Receive(Session.Options.Passive ? In1 : Out1, Vectors.Keepalive);
        Assert.Equal(SessionState.Established, State);
        return this;
    }

    void ISessionSink.Do(in SessionCommand command)
    {
        if (command.Kind == SessionCommandKind.ArmTimer)
        {
            Armed = command.Deadline;
        }
        else
        {
            Log.Add(command.Kind == SessionCommandKind.Connect ? $"connect {Name(command.Connection)}" : $"close {Name(command.Connection)} {command.Mode}");
        }
    }

    void ISessionSink.Write(ConnectionId connection, ReadOnlySpan<byte> message)
    {
        Assert.True(MessageFrame.TryRead(message, true, out MessageFrame frame, out _));
        Assert.Equal(message.Length, frame.Message.Length);
        LastOpen = frame.Type == MessageType.Open ? message.ToArray() : LastOpen;
        Log.Add($"{Name(connection)} {Text(frame)}");
    }

    void ISessionSink.Tell(in SessionNotice notice)
    {
        switch (notice.Kind)
        {
            case SessionNoticeKind.StateChanged:
                States.Add((notice.From, notice.To));
                break;
            case SessionNoticeKind.AttemptEnded:
                Ends.Add(notice.End!);
                break;
            case SessionNoticeKind.Up:
            case SessionNoticeKind.Down:
            case SessionNoticeKind.ConnectionRefused:
                Log.Add($"{notice.Kind} {Name(notice.Connection)}");
                break;
            case SessionNoticeKind.SendRoutes:
            case SessionNoticeKind.FamilyDisabled:
                Log.Add($"{notice.Kind} {notice.Family}{(notice.IsRefresh ? " again" : "")}");
                break;
            case SessionNoticeKind.EndOfRib:
            case SessionNoticeKind.RoutesStale:
            case SessionNoticeKind.StaleSwept:
            case SessionNoticeKind.PrefixWarning:
                Log.Add($"{notice.Kind} {notice.Family} {notice.Prefixes}");
                break;
            case SessionNoticeKind.UpdateFaulty:
                Log.Add($"{notice.Kind} {notice.Fault}");
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    void ISessionSink.Receive(scoped in UpdateMessage update)
    {
        foreach (PathPrefix route in update.Withdrawn)
        {
            Routes.Add($"-{route.Prefix}");
        }

        foreach (PathPrefix route in update.Announced)
        {
            Routes.Add($"+{route.Prefix}");
        }
    }

    private static string Name(ConnectionId id) => (id.Origin == ConnectionOrigin.Outgoing ? "out" : "in") + id.Number;

    private static string Text(MessageFrame frame) => frame.Type switch
    {
        MessageType.Notification => $"NOTIFICATION {frame.Body[0]}/{frame.Body[1]}:{Vectors.Hex(frame.Body[2..])}",
        MessageType.RouteRefresh => $"REFRESH {frame.Body[2]} {frame.Body[1]}/{frame.Body[3]}",
        MessageType.Update => $"UPDATE {Vectors.Hex(frame.Body)}",
        MessageType.Open or MessageType.Keepalive => frame.Type.ToString().ToUpperInvariant(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
