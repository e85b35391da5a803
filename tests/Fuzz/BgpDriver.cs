// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.Fuzz;

/// <summary>Drives one session as a program of octets says and holds what it asks for against what must always be.</summary>
internal sealed partial class BgpDriver
{
    private const int MostPieces = 64;
    private const int MostAtOnce = 64 * 1024;
    private readonly BgpMessages _messages;
    private readonly BgpSession _session;
    private readonly List<BgpWire> _open = [];
    private MonoTime _now = new(1_000_000_000);
    private MonoTime _armed = MonoTime.Never;
    private ConnectionId? _dial;
    private long _accepted;

    public BgpDriver(byte configuration, ulong seed)
    {
        _messages = (configuration & 128) != 0 ? BgpMessages.OfInternal : BgpMessages.OfExternal;
        _session = new(BgpConfigurations.Of(configuration), seed);
    }

    /// <summary>Messages that the session has taken out of the octets.</summary>
    public long Messages => _session.Counters.Received.Total;

    public SessionCounters Counters => _session.Counters;

    public void Run(ReadOnlySpan<byte> program)
    {
        Do(SessionEvent.Start);
        while (!program.IsEmpty)
        {
            Step(Next(ref program), ref program);
        }
    }

    private static byte Next(ref ReadOnlySpan<byte> program)
    {
        byte next = program.IsEmpty ? (byte)0 : program[0];
        program = program.IsEmpty ? program : program[1..];
        return next;
    }

    private void Step(byte step, ref ReadOnlySpan<byte> program)
    {
        switch (step & 15)
        {
            case 7:
                _now += TimeSpan.FromMilliseconds(50 * Next(ref program));
                break;
            case 8:
                WaitForTimer();
                break;
            case 9:
                Accept();
                break;
            case 10 when _dial is { } dial:
                _dial = null;
                if (step >= 128)
                {
                    Do(SessionEvent.ConnectFailed(dial, "refused"));
                }
                else
                {
                    Succeed(dial);
                }

                break;
            case 11:
                Do(SessionEvent.RoutesWritten(Any(step), step >= 128 ? AfiSafi.IPv4Unicast : AfiSafi.IPv6Unicast));
                Do(SessionEvent.UpdatesWritten(Any(step)));
                Do(SessionEvent.Sent(Any(step), drained: (step & 64) != 0));
                break;
            case 12 when step >= 192:
                ConnectionId closed = Any(step);
                _ = _open.RemoveAll(wire => wire.Id == closed);
                _closedByPeer = closed;
                Do(SessionEvent.Closed(closed, "reset"));
                _closedByPeer = null;
                break;
            case 13:
                Operator(Next(ref program));
                break;
            case 14 when step >= 192:
                int length = Math.Min(program.Length, step >> 2);
                Receive(Any(step), program[..length]);
                program = program[length..];
                break;
            case 15:
                Do(SessionEvent.Timer);
                break;
            default:
                if (_open.Count == 0)
                {
                    Connect();
                }

                Say(Any(step), ref program);
                break;
        }
    }

    // What is said to nobody finds no defect: what waits comes to its end, and the peer comes too.
    private void Connect()
    {
        if (_dial is null && _session.State == SessionState.Idle)
        {
            WaitForTimer();
        }

        if (_dial is { } dial)
        {
            _dial = null;
            Succeed(dial);
        }
        else
        {
            Accept();
        }
    }

    private void Succeed(ConnectionId dial)
    {
        _open.Add(new BgpWire(dial));
        Do(SessionEvent.Connected(dial));
    }

    private void Accept()
    {
        ConnectionId came = new(ConnectionOrigin.Incoming, ++_accepted);
        _open.Add(new BgpWire(came));
        Do(SessionEvent.Accepted(_accepted));
    }

    private void WaitForTimer()
    {
        _now = _armed != MonoTime.Never && _armed > _now ? _armed : _now;
        Do(SessionEvent.Timer);
    }

    private void Operator(byte what)
    {
        SessionOptions now = _session.Options;
        switch (what >> 1)
        {
            case < 6:
                Do(SessionEvent.Stop(Enum.GetValues<StopReason>()[what >> 1], "text"));
                Do(SessionEvent.Start);
                break;
            case < 12:
                Do(SessionEvent.Reset(Enum.GetValues<StopReason>()[(what >> 1) - 6], "text"));
                break;
            case < 24:
                Do(SessionEvent.Path((PathStatus)(what & 3)));
                break;
            case < 28:
                Do(SessionEvent.Configure(now with { Open = now.Open with { HoldSeconds = (ushort)(3 + what) } }));
                break;
            case < 32:
                Do(SessionEvent.Configure(now with { MaxPrefixes = what & 3, Passive = (what & 4) != 0 }));
                break;
            case < 36:
                Do(SessionEvent.Configure(now with { RequirePath = (what & 1) != 0, DelayOpenTime = TimeSpan.FromSeconds(what & 2) }));
                break;
            default:
                Do(SessionEvent.Configure(now with { PrefixWarningPercent = what % 101 }));
                break;
        }
    }

    // Half of the time what the peer of a session in this state says next, so that all states are seen; mostly unchanged.
    private void Say(ConnectionId id, ref ReadOnlySpan<byte> program)
    {
        byte which = Next(ref program);
        byte change = Next(ref program);
        byte cut = Next(ref program);
        byte[] octets = which < 232 ? Expected(id, which) : _messages.All[change % _messages.All.Length];
        if (change >= 224)
        {
            octets = Changed(octets, change, Next(ref program), Next(ref program));
        }

        if (cut is > 90 and <= 96)
        {
            octets = [.. octets, .. _messages.All[cut % _messages.All.Length]];
        }

        int piece = cut <= 96 ? octets.Length : Math.Max(octets.Length / MostPieces, 1 + ((cut - 96) * (cut - 96) / 4));
        for (int at = 0; at < octets.Length; at += piece)
        {
            Receive(id, octets.AsSpan(at, Math.Min(piece, octets.Length - at)));
        }
    }

    private byte[] Expected(ConnectionId id, byte which) => _open.Find(one => one.Id == id) switch
    {
        { KeepaliveSent: false } => _messages.Opens[which % _messages.Opens.Length],
        { IsUp: true } => BgpMessages.Updates[which % BgpMessages.Updates.Length],
        _ => BgpMessages.Keepalive,
    };

    private static byte[] Changed(byte[] octets, byte change, byte at, byte value)
    {
        byte[] changed = [.. octets];
        int place = ((at << 8) | value) % changed.Length;
        switch (change & 7)
        {
            case 0:
                return changed[..place];
            case 1:
                return [.. changed[..place], value, .. changed[place..]];
            case 2:
                changed[at % changed.Length] ^= (byte)(1 << (value & 7));
                return changed;
            case 3:
                changed[17] += (byte)(value - 128);
                return changed;
            case 4:
                return [.. changed, .. changed];
            case 5:
                return [.. changed[..place], .. changed[Math.Min(changed.Length, place + 1)..]];
            default:
                changed[place] = (byte)(change ^ value);
                return changed;
        }
    }

    private ConnectionId Any(byte step) =>
        _open.Count == 0 || (step >> 4) == 15 ? new((ConnectionOrigin)(1 + (step & 1)), _accepted) : _open[(step >> 4) % _open.Count].Id;

    // In an array of exactly their length: a read past their end throws.
    private void Receive(ConnectionId id, ReadOnlySpan<byte> octets)
    {
        byte[] exact = octets.ToArray();
        _open.Find(wire => wire.Id == id)?.Hear(exact);
        FuzzTarget.Require(exact.Length <= MostAtOnce, "a program's pieces are bounded");
        Do(SessionEvent.Received(id, exact));
        // Nothing of the octets may be needed any more.
        exact.AsSpan().Fill(0xee);
    }
}
