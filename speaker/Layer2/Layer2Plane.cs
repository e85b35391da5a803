// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using LoadBalancer.Layer2;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Membership;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Layer2;

/// <summary>
/// Everything that happens on the segments, on one reactor thread: heartbeats, election, answers and announcements.
/// It never waits for the API; demands come in and ownership goes out as whole immutable values.
/// </summary>
internal sealed partial class Layer2Plane : IDisposable
{
    private const int ReactorMailbox = 1024;
    private static readonly TimeSpan ReopenInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HoldersLookInterval = TimeSpan.FromSeconds(1);

    private readonly Election _election;
    private readonly ElectionOutput _output = new();
    private readonly AnnouncementSchedule _schedule;
    private readonly GroupMembership _groups = new();
    private readonly SolicitedNodeGroups _groupSockets = new();
    private readonly InterfaceSelection _selection;
    private readonly Dictionary<string, AnnouncingInterface> _interfaces = new(StringComparer.Ordinal);
    private readonly Dictionary<IpAddr, SortedSet<string>> _announced = [];
    private readonly List<ElectionChange> _changes = [];
    private readonly Action<Ownership> _publish;
    private readonly ILogger _logger;
    private LinkMonitor? _links;
    private IReadOnlyList<AddressDemand> _demands = [];
    private AnnouncementTable _table = AnnouncementTable.Empty;
    private Dictionary<IpAddr, string> _holders = [];
    private HashSet<IpAddr> _doubtful = [];
    private HashSet<string> _lostTold = [];
    private MonoTime _holdersLookAt;
    private MonoTime _reopenAt = MonoTime.Never;
    private string? _loggedFault;
    private bool _announcementsChanged;
    private bool _membersChanged;
    private bool _reportedLeft;
    private bool _demandsChanged;

    /// <summary>A plane that does nothing until it is started. Publish is called on the reactor's thread and must not block.</summary>
    public Layer2Plane(SpeakerOptions options, Layer2Counters counters, Action<Ownership> publish, ulong seed, ILogger logger)
    {
        Counters = counters;
        HeartbeatPort = options.HeartbeatPort;
        _publish = publish;
        _node = options.NodeName;
        _peers = options.HeartbeatPeers.Addresses;
        _logger = logger;
        _selection = new(options.ExcludeInterfaces);
        _schedule = new(new AnnouncementOptions { RefreshInterval = options.RefreshInterval });
        _election = new(
            new ElectionOptions
            {
                Membership = new MembershipOptions
                {
                    Node = options.NodeName,
                    Key = options.HeartbeatKey.IsEmpty ? null : new HeartbeatKey(options.HeartbeatKey.Span),
                    Interval = options.HeartbeatInterval,
                },
            },
            seed);
    }

    public Reactor Reactor { get; } = new(ReactorMailbox);

    public Layer2Counters Counters { get; }

    public int HeartbeatPort { get; }

    /// <summary>Opens the first sockets, so that a missing capability is told at once, and starts the thread.</summary>
    /// <exception cref="LinuxException">A capability is missing.</exception>
    public void Start()
    {
        const int Loopback = 1;
        using (new PacketSocket(Reactor, Loopback, PacketFilter.Arp(MacAddr.Broadcast), static _ => { }))
        {
            _links = new LinkMonitor(Reactor, TakeLinks);
        }

        Reactor.Start("layer2", Settle);
    }

    /// <summary>Replaces what is wanted; a demand list that finds the mailbox full is offered again by the caller.</summary>
    public bool TrySetDemands(IReadOnlyList<AddressDemand> demands) => Reactor.TryPost(() =>
    {
        _demands = demands;
        _election.SetDemands(demands, Reactor.Now);
        _demandsChanged = true;
    });

    /// <summary>Begins to hand everything over.</summary>
    public bool TryLeave() => Reactor.TryPost(() => _election.Leave(Reactor.Now));

    private MonoTime Settle(MonoTime now)
    {
        if (_reopenAt <= now)
        {
            OpenAll(now);
        }

        if (_election.NextDeadline <= now || _demandsChanged)
        {
            _election.Tick(now, _output);
            Perform(now);
        }

        ReconsiderClaims(now);
        ForgetConflicts(now);
        SendDue(now);
        SendHeartbeats();
        Report(now);
        return MonoTime.Min(MonoTime.Min(_election.NextDeadline, _schedule.NextDeadline), MonoTime.Min(_reopenAt, NextClaim));
    }

    private void Perform(MonoTime now)
    {
        _membersChanged |= _output.Members.Count > 0;
        foreach (MemberEvent item in _output.Members)
        {
            Log.Member(_logger, item.Node, item.Interface, item.Kind);
            NoteMember(item, now);
        }

        foreach (ElectionChange change in _output.Changes)
        {
            _changes.Add(change);
            if (change.Announce)
            {
                Counters.Takeovers++;
                (_announced.TryGetValue(change.Address, out SortedSet<string>? on) ? on : _announced[change.Address] = new(StringComparer.Ordinal)).Add(change.Interface);
            }
            else if (_announced.TryGetValue(change.Address, out SortedSet<string>? on))
            {
                Counters.Releases++;
                on.Remove(change.Interface);
                if (on.Count == 0)
                {
                    _announced.Remove(change.Address);
                }
            }
        }

        _announcementsChanged |= _output.Changes.Count > 0;
        _output.Changes.Clear();
        _output.Members.Clear();
        if (_announcementsChanged)
        {
            RebuildTable();
        }
    }

    // The table first: an answer to a request that a gratuitous announcement provokes must be ready before it is sent.
    private void RebuildTable()
    {
        List<Announcement> announcements = [];
        foreach ((IpAddr address, SortedSet<string> on) in _announced)
        {
            announcements.Add(new(address, InterfaceSet.Of(on.Where(_interfaces.ContainsKey).Select(n => _interfaces[n].Facts.Index))));
        }

        InterfaceFacts[] facts = [.. _interfaces.Values.Select(i => i.Facts)];
        Counters.Retain(_announced.Keys);
        _table = AnnouncementTable.Create(announcements, _ownMacs);
        _schedule.SetLinks(facts);
        _schedule.SetAnnouncements(announcements);
        _defence.Retain(_table);
        foreach (GroupChange change in _groups.Update(announcements, facts))
        {
            Change(change);
        }
    }

    private void Change(GroupChange change)
    {
        if (!change.Join)
        {
            _groupSockets.Leave(change.InterfaceIndex, change.Group);
            return;
        }

        try
        {
            _groupSockets.Join(change.InterfaceIndex, change.Group);
        }
        catch (LinuxException fault)
        {
            _groups.Failed(change);
            Failed(fault, Reactor.Now);
        }
    }

    private void SendDue(MonoTime now)
    {
        Span<GratuitousFrame> due = new GratuitousFrame[64];
        Span<byte> octets = stackalloc byte[GratuitousFrame.MaxLength];
        while (_schedule.NextDeadline <= now && _schedule.TakeDue(now, due) is > 0 and var count)
        {
            foreach (GratuitousFrame frame in due[..count])
            {
                if (frame.TryWrite(octets, out int length) && _interfaces.TryGetValue(frame.Link.Name, out AnnouncingInterface? on)
                    && on.Send(frame.Address.Family, octets[..length]))
                {
                    Counters.Find(frame.Address)?.CountGratuitous();
                }
            }
        }
    }

    private void SendHeartbeats()
    {
        foreach (OutgoingHeartbeat heartbeat in _output.Heartbeats)
        {
            if (_interfaces.TryGetValue(heartbeat.Interface, out AnnouncingInterface? on))
            {
                on.SendHeartbeat(heartbeat.Datagram.Span);
                Counters.HeartbeatsSent++;
            }
        }

        _output.Heartbeats.Clear();
    }

    // Who holds an address elsewhere changes without anything changing here: it is looked at once a second, for the status.
    private void Report(MonoTime now)
    {
        bool left = _election.HasLeft && !_reportedLeft;
        bool changed = _announcementsChanged || _membersChanged || _demandsChanged || _conflictsChanged || left;
        if (!changed && _holdersLookAt > now)
        {
            return;
        }

        Dictionary<IpAddr, string> holders = Holders();
        HashSet<IpAddr> doubtful = Doubtful(now);
        HashSet<string> lost = Lost(now);
        _holdersLookAt = now + HoldersLookInterval;
        if (!changed && Same(holders, _holders) && doubtful.SetEquals(_doubtful) && lost.SetEquals(_lostTold))
        {
            return;
        }

        (_holders, _doubtful, _lostTold) = (holders, doubtful, lost);
        _announcementsChanged = _membersChanged = _demandsChanged = _conflictsChanged = false;
        _reportedLeft |= left;
        AddressConflict[] conflicts = [.. _conflicts.Values.Select(c => c.Conflict)];
        Counters.Conflicts = conflicts;
        _publish(new()
        {
            Announced = _announced.ToFrozenDictionary(a => a.Key, a => (IReadOnlyList<string>)[.. a.Value]),
            Holders = holders.ToFrozenDictionary(),
            Segments = [.. _interfaces.Values.Select(View)],
            Changes = [.. _changes],
            Conflicts = conflicts,
            NewConflicts = [.. _newConflicts],
            Doubtful = doubtful,
            Lost = lost,
            HasLeft = _election.HasLeft,
        });
        _changes.Clear();
        _newConflicts.Clear();
    }

    private static bool Same(Dictionary<IpAddr, string> a, Dictionary<IpAddr, string> b) =>
        a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out string? holder) && holder == entry.Value);

    private Dictionary<IpAddr, string> Holders()
    {
        Dictionary<IpAddr, string> holders = [];
        foreach (AddressDemand demand in _demands)
        {
            foreach (SegmentElection segment in _election.Segments.Values)
            {
                if (segment.HolderOf(demand.Address) is { } holder)
                {
                    holders.TryAdd(demand.Address, holder);
                }
            }
        }

        return holders;
    }

    private SegmentView View(AnnouncingInterface on) => _election.Segments.TryGetValue(on.Facts.Name, out SegmentElection? segment)
        ? new(on.Facts.Name, on.Facts.Mac.ToString(), segment.Membership.IsReady, [.. segment.Membership.Alive.Keys.Order(StringComparer.Ordinal)])
        : new(on.Facts.Name, on.Facts.Mac.ToString(), false, []);

    public void Dispose()
    {
        Reactor.StopAndWait();
        foreach (AnnouncingInterface on in _interfaces.Values)
        {
            on.Dispose();
        }

        _links?.Dispose();
        _groupSockets.Dispose();
        Reactor.Dispose();
    }
}
