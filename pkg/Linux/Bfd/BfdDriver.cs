// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Bfd;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Bfd;

/// <summary>
/// Runs BFD sessions on a thread of its own, with real-time priority where the kernel grants it: nothing else in the process
/// makes a packet late but a stop of the whole process. Commands go in through the thread's bounded mailbox from any thread;
/// notices come out through <c>publish</c>, which is called on the driver's thread, must not block, and says whether it took
/// the notice: what it does not take is offered again.
/// </summary>
public sealed partial class BfdDriver : IDisposable
{
    private const int Mailbox = 4096;

    // More than a socket's queue holds: what had arrived before a deadline is seen before the deadline counts, and a flood
    // still cannot keep deadlines from counting.
    private const int MostBeforeDeadlines = 2048;
    private static readonly TimeSpan ReopenInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetellInterval = TimeSpan.FromMilliseconds(5);

    private readonly Reactor _reactor = new(Mailbox);
    private readonly Func<BfdNotice, bool> _publish;
    private readonly BfdDemultiplexer _sessions;
    private readonly DeadlineHeap<BfdSession> _deadlines = new();
    private readonly Dictionary<BfdPath, BfdEntry> _byPath = [];
    private readonly Dictionary<BfdSession, BfdEntry> _bySession = [];
    private readonly Dictionary<(BfdHops, IpFamily), BfdReceiver> _receivers = [];
    private readonly byte[] _transmit = GC.AllocateArray<byte>(BfdPacket.MaxLength, pinned: true);
    private readonly long[] _strays = BfdEntry.NewCounters();
    private readonly BfdDatagramHandler _take;
    private BfdReceiver[] _open = [];
    private TimeSpan _latest;
    private MonoTime _reopenAt = MonoTime.Never;
    private MonoTime _retellAt = MonoTime.Never;

    /// <summary>A driver without sessions. The seed must be unpredictable: discriminators and sequence numbers come of it.</summary>
    public BfdDriver(ulong seed, Func<BfdNotice, bool> publish)
    {
        _publish = publish;
        _sessions = new BfdDemultiplexer(seed);
        _take = Take;
        _nextPort = (ushort)(BfdSender.FirstPort + (int)(seed % (BfdSender.LastPort - BfdSender.FirstPort + 1)));
    }

    /// <summary>Ends with the thread; carries the fault that ended it.</summary>
    public Task Completion => _reactor.Completion;

    /// <summary>Starts the thread.</summary>
    public void Start() => _reactor.Start("bfd", Settle);

    private MonoTime Settle(MonoTime now)
    {
        if (_deadlines.Next <= now)
        {
            // The process may have stood still: packets that arrived meanwhile come before the verdict that none did.
            NoteLateness(now - _deadlines.Next);
            foreach (BfdReceiver receiver in _open)
            {
                receiver.Drain(MostBeforeDeadlines);
            }

            while (_deadlines.TryTakeDue(now, out BfdSession session))
            {
                Step(_bySession[session], BfdEvent.Timer, now);
            }
        }

        if (_reopenAt <= now)
        {
            OpenMissing(now);
        }

        if (_retellAt <= now)
        {
            TellAll(now);
        }

        return MonoTime.Min(_deadlines.Next, MonoTime.Min(_reopenAt, _retellAt));
    }

    private void NoteLateness(TimeSpan late) => _latest = late > _latest ? late : _latest;

    private void Take(ReadOnlySpan<byte> datagram, in BfdPath arrived, byte hopLimit)
    {
        if (!BfdPacket.TryRead(datagram, out BfdPacket packet, out BfdDiscard reason)
            || !_sessions.TryFind(packet, arrived, out BfdSession? session, out reason))
        {
            _strays[(int)reason]++;
            return;
        }

        BfdEntry entry = _bySession[session];
        entry.Received++;
        Step(entry, BfdEvent.Received(packet, datagram, hopLimit), Reactor.Now);
    }

    private void Step(BfdEntry entry, scoped in BfdEvent input, MonoTime now)
    {
        BfdEffects effects = new(_transmit);
        entry.Session.Step(input, now, ref effects);
        for (int i = 0; i < effects.Count; i++)
        {
            BfdEffect effect = effects[i];
            switch (effect.Kind)
            {
                case BfdEffectKind.Transmit:
                    bool sent = entry.Sender?.TrySend(effects.Packet) ?? false;
                    entry.Sent += sent ? 1 : 0;
                    entry.SendFailures += sent ? 0 : 1;
                    break;
                case BfdEffectKind.StateChanged:
                    Note(entry, effect.Transition, now);
                    break;
                case BfdEffectKind.ArmTimer:
                    _deadlines.Set(entry.Session, effect.Deadline);
                    break;
                case BfdEffectKind.Discarded:
                    entry.Received--;
                    entry.Discarded[(int)effect.Discard]++;
                    break;
                case BfdEffectKind.IntervalsChanged:
                    break;
                case BfdEffectKind.Silent:
                    if (entry.IsLeaving)
                    {
                        Drop(entry);
                    }

                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private void Note(BfdEntry entry, BfdTransition transition, MonoTime now)
    {
        entry.Since = now;
        entry.UpCount += transition.To == BfdState.Up ? 1 : 0;
        entry.FailureCount += transition.IsFailure ? 1 : 0;
        Tell(entry, new(entry.Session.Path, transition, transition.IsFailure, entry.Fault, now));
    }

    private void Tell(BfdEntry entry, in BfdNotice notice)
    {
        entry.Untold = entry.Untold is { } earlier ? notice.After(earlier) : notice;
        TellAgain(entry);
    }

    private void TellAgain(BfdEntry entry)
    {
        if (entry.Untold is { } notice && _publish(notice))
        {
            entry.Untold = null;
        }
        else if (entry.Untold is not null)
        {
            _retellAt = MonoTime.Min(_retellAt, Reactor.Now + RetellInterval);
        }
    }

    private void TellAll(MonoTime now)
    {
        _retellAt = MonoTime.Never;
        foreach (BfdEntry entry in _byPath.Values)
        {
            TellAgain(entry);
        }
    }

    /// <summary>Ends the thread and closes the sockets, without farewell: peers find out by the detection time.</summary>
    public void Dispose()
    {
        _reactor.StopAndWait();
        foreach (BfdReceiver receiver in _receivers.Values)
        {
            receiver.Dispose();
        }

        foreach (BfdEntry entry in _byPath.Values)
        {
            entry.Sender?.Dispose();
        }

        _reactor.Dispose();
    }
}
