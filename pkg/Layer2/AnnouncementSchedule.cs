// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>
/// When to announce what unasked. Desired announcements and usable interfaces go in, both as whole states; the machine
/// keeps their product, announces what is new in it at once and repeats, and stops at once for what left it.
/// <para>State of one address on one interface: absent -> first (queued ahead of all repeats) -> repeating (a burst of
/// decreasing pace) -> resting, or refreshing when that is on. A new hardware address starts it again at first.</para>
/// </summary>
public sealed partial class AnnouncementSchedule
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    // Ahead of every repeat, however late that is: an address that nobody announced yet is dark, a repeat is insurance.
    private static readonly MonoTime AtOnce = new(long.MinValue);

    private readonly TimeSpan[] _offsets;
    private readonly TimeSpan _refreshInterval;
    private readonly int _framesPerTick;
    private readonly Dictionary<Speech, Progress> _progress = [];
    private readonly PriorityQueue<Turn, (MonoTime Due, long Order)> _turns = new();
    private Dictionary<IpAddr, InterfaceSet> _desired = [];
    private Dictionary<int, InterfaceFacts> _links = [];
    private long _order;
    private long _tick = -1;
    private int _sentInTick;

    /// <summary>A schedule that announces nothing yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public AnnouncementSchedule(AnnouncementOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _offsets = options.Offsets();
        _refreshInterval = options.RefreshInterval;
        _framesPerTick = options.FramesPerMillisecond;
    }

    /// <summary>Addresses on interfaces that are spoken for.</summary>
    public int Count => _progress.Count;

    /// <summary>When to call <see cref="TakeDue"/> next; an instant past, or <see cref="MonoTime.Never"/> with nothing to send.</summary>
    public MonoTime NextDeadline
    {
        get
        {
            DropStale();
            if (!_turns.TryPeek(out _, out (MonoTime Due, long Order) turn))
            {
                return MonoTime.Never;
            }

            MonoTime nextTick = new((_tick + 1) * NanosecondsPerMillisecond);
            return _sentInTick > _framesPerTick - 2 && turn.Due < nextTick ? nextTick : turn.Due;
        }
    }

    /// <summary>Sets what this node announces, whole; several announcements of one address count together.</summary>
    public void SetAnnouncements(IEnumerable<Announcement> announcements)
    {
        ArgumentNullException.ThrowIfNull(announcements);
        _desired = AnnouncementTable.Merge(announcements);
        Reconcile();
    }

    /// <summary>
    /// Sets the interfaces that can announce now, whole. One that is new, has carrier again or has another hardware
    /// address announces everything it is to speak for.
    /// </summary>
    public void SetLinks(IEnumerable<InterfaceFacts> links)
    {
        ArgumentNullException.ThrowIfNull(links);
        _links = [];
        foreach (InterfaceFacts link in links)
        {
            _links[link.Index] = link;
        }

        Reconcile();
    }

    /// <summary>Starts the announcements of an address again on all its interfaces, as after a disputed takeover.</summary>
    public void Restart(IpAddr address)
    {
        foreach (InterfaceFacts link in _links.Values)
        {
            if (_progress.ContainsKey(new(address, link.Index)))
            {
                Start(new(address, link.Index), link);
            }
        }
    }

    // Desired x links, against what runs: an interface that arrives after the address, or an address after the
    // interface, comes to the same.
    private void Reconcile()
    {
        foreach (Speech speech in _progress.Keys)
        {
            if (!IsWanted(speech))
            {
                _ = _progress.Remove(speech);
            }
        }

        foreach (InterfaceFacts link in _links.Values)
        {
            foreach ((IpAddr address, InterfaceSet interfaces) in _desired)
            {
                if (interfaces.Contains(link.Index) && link.CanSpeakFor(address))
                {
                    Join(new(address, link.Index), link);
                }
            }
        }

        Compact();
    }

    private bool IsWanted(Speech speech) =>
        _desired.TryGetValue(speech.Address, out InterfaceSet? interfaces)
        && interfaces.Contains(speech.InterfaceIndex)
        && _links.TryGetValue(speech.InterfaceIndex, out InterfaceFacts? link)
        && link.CanSpeakFor(speech.Address);

    private void Join(Speech speech, InterfaceFacts link)
    {
        if (!_progress.TryGetValue(speech, out Progress? progress) || progress.Link.Mac != link.Mac)
        {
            Start(speech, link);
        }
        else
        {
            progress.Link = link;
        }
    }

    private void Start(Speech speech, InterfaceFacts link)
    {
        Progress progress = new(link);
        _progress[speech] = progress;
        Queue(speech, progress, AtOnce);
    }

    private void Queue(Speech speech, Progress progress, MonoTime due) =>
        _turns.Enqueue(new(speech, progress), (due, _order++));

    private bool IsStale(Turn turn) => !_progress.TryGetValue(turn.Speech, out Progress? current) || current != turn.Progress;

    // Withdrawn turns are left in the heap until they come up; without this, an address that flaps under a long
    // refresh interval would pile them up.
    private void Compact()
    {
        if (_turns.Count <= (2 * _progress.Count) + 64)
        {
            return;
        }

        List<(Turn, (MonoTime, long))> live = [];
        foreach ((Turn turn, (MonoTime, long) priority) in _turns.UnorderedItems)
        {
            if (!IsStale(turn))
            {
                live.Add((turn, priority));
            }
        }

        _turns.Clear();
        _turns.EnqueueRange(live);
    }

    private readonly record struct Speech(IpAddr Address, int InterfaceIndex);

    private readonly record struct Turn(Speech Speech, Progress Progress);

    private sealed class Progress(InterfaceFacts link)
    {
        public InterfaceFacts Link { get; set; } = link;

        public MonoTime First { get; set; } = MonoTime.Never;

        public int NextOffset { get; set; }
    }
}
