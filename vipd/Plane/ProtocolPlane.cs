// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Vrrp;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Plane;

/// <summary>
/// The protocol thread: every instance, its sockets and its deadlines. It changes nothing in the kernel, writes no log and
/// waits for nobody: what is to be done is handed to the holding plane, what is to be told to a channel.
/// </summary>
internal sealed partial class ProtocolPlane : IVrrpSink, ITrackSink, IDisposable
{
    private const int MailboxCapacity = 1 << 16;
    private const int NoticeCapacity = 1 << 16;

    private readonly Dictionary<string, PlaneInstance> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<VrrpInstance, PlaneInstance> _byMachine = [];
    private readonly HashSet<PlaneInstance> _leaving = [];
    private readonly Dictionary<string, PlaneGroup> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<PlaneGroup> _dirtyGroups = [];
    private readonly VrrpDemultiplexer _demultiplexer = new();
    private readonly DeadlineHeap _deadlines = new();
    private readonly List<HoldingOrder> _orders = [];
    private readonly List<PlaneNotice> _notices = [];
    private readonly HashSet<PlaneInstance> _sendFailed = [];
    private readonly Channel<PlaneNotice> _told = Channel.CreateBounded<PlaneNotice>(new BoundedChannelOptions(NoticeCapacity) { SingleReader = true });
    private readonly PortTable _ports;
    private readonly ResumeFile _resume;
    private readonly ILogger _logger;
    // What is awaited outside is over once its orders are given, not before.
    private readonly List<TaskCompletionSource> _afterSettle = [];
    private HoldingPlane? _holding;
    private bool _maintenance;
    private long _noticesLost;

    public ProtocolPlane(ResumeFile resume, bool maintenance, ILogger logger)
    {
        _resume = resume;
        _maintenance = maintenance;
        _logger = logger;
        Reactor = new(MailboxCapacity);
        _ports = new(Reactor, OnDatagram);
    }

    public Reactor Reactor { get; }

    /// <summary>What happened, in order.</summary>
    public ChannelReader<PlaneNotice> Notices => _told.Reader;

    public long NoticesLost => Volatile.Read(ref _noticesLost);

    /// <summary>Starts the thread; with the settings the kernel grants, and a word about those it does not.</summary>
    public void Start(GlobalSettings global, HoldingPlane holding)
    {
        _holding = holding;
        _ = Reactor.TryPost(() => Schedule(global));
        Reactor.Start("vrrp", Settle, realTime: false);
    }

    /// <summary>An instance's deadline has come.</summary>
    public void OnDue(PlaneInstance instance, MonoTime now)
    {
        if (instance.StartAt <= now)
        {
            StartNow(instance, now);
        }

        if (instance.RetryAt <= now)
        {
            instance.RetryAt = MonoTime.Never;
            Bind(instance, now);
        }

        if (instance.LetGoAt <= now)
        {
            LetGo(instance);
        }

        if (instance.Machine is { } machine)
        {
            Step(instance, machine, VrrpEvent.Timer, now);
        }
        else
        {
            Rearm(instance);
        }
    }

    private void Schedule(GlobalSettings global)
    {
        if (global.RealtimePriority > 0 && !ThreadScheduling.TryRealTime(global.RealtimePriority, out string? refused))
        {
            Log.NotGranted(_logger, "realtimePriority", refused!);
        }

        if (global.Processors.Count > 0 && !ThreadScheduling.TryRunOn(global.Processors, out refused))
        {
            Log.NotGranted(_logger, "processors", refused!);
        }
    }

    private void OnDatagram(ReadOnlySpan<byte> octets, in VrrpDatagram datagram)
    {
        MonoTime now = Reactor.Now;
        VrrpInstance? machine;
        if (datagram.HeaderLength > 0)
        {
            _ = _demultiplexer.ReceiveIPv4(octets, datagram.InterfaceIndex, now, this, out machine);
        }
        else
        {
            VrrpArrival arrival = new(datagram.Source, datagram.Destination, datagram.HopLimit, datagram.InterfaceIndex);
            _ = _demultiplexer.Receive(octets, arrival, now, this, out machine);
        }

        if (machine is not null && _byMachine.TryGetValue(machine, out PlaneInstance? instance))
        {
            if (instance.LetGoAt != MonoTime.Never && IsSuccessor(instance, octets[datagram.HeaderLength..], datagram.Source))
            {
                LetGo(instance);
            }

            TellLower(instance, machine);
            After(instance, machine);
        }
    }

    private void Step(PlaneInstance instance, VrrpInstance machine, scoped in VrrpEvent input, MonoTime now)
    {
        machine.Step(input, now, this);
        After(instance, machine);
    }

    private void After(PlaneInstance instance, VrrpInstance machine)
    {
        if (instance.Attempts > 0)
        {
            bool failed = instance.Failures == instance.Attempts;
            instance.SendsAlone &= instance.Failures > 0;
            instance.Attempts = 0;
            instance.Failures = 0;
            if (failed)
            {
                _sendFailed.Add(instance);
            }
        }

        if (instance.Group is { } group && !instance.IsLeaving)
        {
            group.Machine.Report(instance.Member, machine);
            _dirtyGroups.Add(group);
        }

        SettleLetGo(instance, machine);
        Rearm(instance);
        if (instance.IsLeaving && machine.NextDeadline == MonoTime.Never && instance.LetGoAt == MonoTime.Never)
        {
            Forget(instance);
        }
    }

    private void Rearm(PlaneInstance instance) =>
        _deadlines.Set(instance, MonoTime.Min(instance.Machine?.NextDeadline ?? MonoTime.Never, MonoTime.Min(instance.LetGoAt, MonoTime.Min(instance.StartAt, instance.RetryAt))));

    private MonoTime Settle(MonoTime now)
    {
        while (_deadlines.TryTake(now, out Timed? due))
        {
            due.Fire(now);
        }

        SettleGroups(now);
        FlushSenders();
        TellFailures(now);
        if (_orders.Count > 0 && _holding!.TryOrder([.. _orders]))
        {
            _orders.Clear();
        }

        foreach (PlaneNotice notice in _notices)
        {
            if (!_told.Writer.TryWrite(notice))
            {
                Volatile.Write(ref _noticesLost, _noticesLost + 1);
            }
        }

        _notices.Clear();
        if (_orders.Count == 0)
        {
            foreach (TaskCompletionSource done in _afterSettle)
            {
                done.SetResult();
            }

            _afterSettle.Clear();
        }

        return _orders.Count > 0 ? MonoTime.Min(_deadlines.Next, now + TimeSpan.FromMilliseconds(1)) : _deadlines.Next;
    }

    private void SettleGroups(MonoTime now)
    {
        while (_dirtyGroups.Count > 0)
        {
            PlaneGroup group = _dirtyGroups.First();
            _dirtyGroups.Remove(group);
            while (group.Machine.TryNext(out Vrrp.Groups.SyncAction action))
            {
                if (group.Members[action.Member] is not { Machine: { } machine } member)
                {
                    break;
                }

                Step(member, machine, action.ToEvent(), now);
            }

            TellGroup(group);
        }
    }

    private void FlushSenders()
    {
        foreach (SendPort port in _ports.Senders)
        {
            if (port.IsWaiting)
            {
                port.Flush((instance, certain) => _ = certain && _sendFailed.Add(instance));
            }
        }
    }

    private void TellFailures(MonoTime now)
    {
        if (_sendFailed.Count == 0)
        {
            return;
        }

        PlaneInstance[] failed = [.. _sendFailed];
        _sendFailed.Clear();
        foreach (PlaneInstance instance in failed)
        {
            if (instance.Machine is { } machine)
            {
                Step(instance, machine, VrrpEvent.SendFailed, now);
            }
        }

        FlushSenders();
    }

    public void Dispose()
    {
        Reactor.StopAndWait();
        _ports.Dispose();
        Reactor.Dispose();
    }
}
