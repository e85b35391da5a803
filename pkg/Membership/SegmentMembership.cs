// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership;

/// <summary>
/// Who lives on one segment, seen from one interface. Feed it datagrams, link changes and ticks (at
/// <see cref="NextDeadline"/> or earlier), send what it puts out. A member counts while it is heard and while its
/// heartbeats echo a recent number of ours: that one rule refuses one-way links and replayed streams alike, for an echo
/// of this run's random incarnation cannot have been recorded before this run. A process that was not run for the dead
/// time knows nothing any more: others have taken over. It forgets all, and listens again before it is ready.
/// </summary>
public sealed partial class SegmentMembership
{
    private const int EchoMemory = 16;
    private static readonly TimeSpan BurstSpacing = TimeSpan.FromMilliseconds(10);

    private readonly MembershipOptions _options;
    private readonly Heartbeat _incoming = new();
    private readonly Heartbeat _outgoing = new();
    private readonly Dictionary<ulong, Member> _members = [];
    private readonly Dictionary<string, Member> _alive = new(StringComparer.Ordinal);
    private readonly List<Claim> _claims = [];
    private readonly List<ulong> _expired = [];
    private readonly List<MemberEvent> _events = [];
    private readonly ulong[] _sentSequences = new ulong[EchoMemory];
    private readonly ulong _incarnation;
    private SeededSequence _random;
    private ulong _sequence;
    private int _ticks;
    private int _cursor;
    private int _echoCursor;
    private int _claimsOfOthers;
    private MonoTime _lastRun;
    private MonoTime _readyAt = MonoTime.Never;
    private MonoTime _recheckReadyAt = MonoTime.Never;
    private MonoTime _nextRegular = MonoTime.Never;
    private MonoTime _nextBurst = MonoTime.Never;
    private MonoTime _lastBurst = new(long.MinValue / 2);
    private MonoTime _nextExpiry = MonoTime.Never;

    /// <summary>Starts with the link down. The seed must be unpredictable in production: the incarnation comes from it.</summary>
    /// <exception cref="ArgumentException">The node or interface name does not fit the wire.</exception>
    public SegmentMembership(MembershipOptions options, string interfaceName, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(interfaceName);
        if (options.Node.Length is 0 or > HeartbeatCodec.MaxNameLength || interfaceName.Length > HeartbeatCodec.MaxInterfaceLength)
        {
            throw new ArgumentException($"Node name '{options.Node}' must have 1 to 253 characters and interface name '{interfaceName}' at most 15");
        }

        _options = options;
        Interface = interfaceName;
        _random = new SeededSequence(seed);
        _incarnation = _random.Next();
        _outgoing.Node = options.Node;
        _outgoing.Interface = interfaceName;
        _outgoing.Incarnation = _incarnation;
    }

    /// <summary>The interface watched.</summary>
    public string Interface { get; }

    /// <summary>Whether the link is up.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Whether this node has listened for the dead time since the link came up (or it stood still), and so may claim.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Whether this node said that it leaves.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Members that count, by node name; this node is not among them.</summary>
    public IReadOnlyDictionary<string, Member> Alive => _alive;

    /// <summary>Transitions since they were last cleared; the owner reads and clears.</summary>
    public IList<MemberEvent> Events => _events;

    /// <summary>Prefixes on our interface.</summary>
    public IReadOnlyList<IpPrefix> Prefixes => _outgoing.Prefixes;

    /// <summary>Whether members or their claims changed since this was last cleared.</summary>
    public bool Changed { get; private set; }

    /// <summary>Whether a change touches what we claim, or leaves something unclaimed.</summary>
    public bool ChangedUrgently { get; private set; }

    /// <summary>When <see cref="Advance"/> and <see cref="Send"/> want to be called at the latest.</summary>
    public MonoTime NextDeadline => !IsUp ? MonoTime.Never
        : MonoTime.Min(MonoTime.Min(_nextRegular, _nextBurst), MonoTime.Min(_nextExpiry, IsReady ? MonoTime.Never : _recheckReadyAt));

    /// <summary>The instant from which others may have taken over if this process is not run: past it, nothing may be answered.</summary>
    public MonoTime FenceAt => _lastRun + (_options.Interval * _options.MissedHeartbeats);

    /// <summary>The owner has seen the changes.</summary>
    public void ClearChanged()
    {
        Changed = false;
        ChangedUrgently = false;
    }

    /// <summary>The link is up, or the interface's prefixes changed; at most 16 prefixes are told to others.</summary>
    public void LinkUp(IReadOnlyList<IpPrefix> prefixes, MonoTime now)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        if (IsUp && TellsPrefixes(prefixes))
        {
            // The kernel speaks of an interface for many reasons, and of all of them when one changes: a host with busy
            // containers would otherwise tell all its claims with each of their links.
            return;
        }

        _outgoing.Prefixes.Clear();
        for (int i = 0; i < prefixes.Count && i < HeartbeatCodec.MaxPrefixes; i++)
        {
            _outgoing.Prefixes.Add(prefixes[i]);
        }

        Touch(urgent: true);
        _nextBurst = MonoTime.Min(_nextBurst, now);
        if (!IsUp)
        {
            IsUp = true;
            StartListening(now);
        }
    }

    /// <summary>The link is down: nothing is known of this segment.</summary>
    public void LinkDown()
    {
        IsUp = false;
        IsReady = false;
        ForgetAll();
    }

    /// <summary>Says on the wire that this node leaves; its claims stay until <see cref="SetClaims"/> takes them away.</summary>
    public void Leave(MonoTime now)
    {
        IsLeaving = true;
        _nextBurst = MonoTime.Min(_nextBurst, now);
    }

    /// <summary>Replaces what we claim, ascending by address; sent at once.</summary>
    public void SetClaims(IReadOnlyList<Claim> claims, MonoTime now)
    {
        ArgumentNullException.ThrowIfNull(claims);
        _claims.Clear();
        _claims.AddRange(claims);
        _nextBurst = MonoTime.Min(_nextBurst, SoonestBurst(now));
    }

    /// <summary>Compares the time with the last run: true when this process stood still and has just forgotten everything.</summary>
    public bool NoteRun(MonoTime now)
    {
        bool stalled = IsUp && now >= FenceAt;
        _lastRun = now;
        if (stalled)
        {
            IsReady = false;
            ForgetAll();
            StartListening(now);
        }

        return stalled;
    }

    private bool TellsPrefixes(IReadOnlyList<IpPrefix> prefixes)
    {
        int told = Math.Min(prefixes.Count, HeartbeatCodec.MaxPrefixes);
        for (int i = 0; i < told; i++)
        {
            if (i >= _outgoing.Prefixes.Count || prefixes[i] != _outgoing.Prefixes[i])
            {
                return false;
            }
        }

        return told == _outgoing.Prefixes.Count;
    }

    private void StartListening(MonoTime now)
    {
        _lastRun = now;
        _readyAt = now + _options.DeadTime;
        _recheckReadyAt = _readyAt;
        _nextRegular = now;
        _nextExpiry = MonoTime.Never;
        _lastBurst = now - BurstSpacing;
    }

    private void ForgetAll()
    {
        foreach (Member member in _alive.Values)
        {
            _events.Add(new(MemberEventKind.Forgotten, Interface, member.Node));
            member.IsAlive = false;
            member.ClearClaims();
        }

        // Sequence numbers stay: forgetting them would let a recording of the last second in.
        _alive.Clear();
        _claims.Clear();
        _claimsOfOthers = 0;
        Touch(urgent: true);
    }

    private void Touch(bool urgent)
    {
        Changed = true;
        ChangedUrgently |= urgent;
    }

    private MonoTime SoonestBurst(MonoTime now)
    {
        MonoTime spaced = _lastBurst + BurstSpacing;
        return spaced > now ? spaced : now;
    }
}
