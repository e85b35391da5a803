// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

/// <summary>
/// Decides which addresses this node answers for, on every interface; what the speaker and the simulation both run.
/// <list type="number">
/// <item>Tell it the links (<see cref="SetLink"/>), the addresses (<see cref="SetDemands"/>) and every datagram heard
/// (<see cref="Receive"/>).</item>
/// <item>Then, and at <see cref="NextDeadline"/> at the latest, call <see cref="Tick"/>; perform <see cref="ElectionOutput"/>:
/// first the changes, then the heartbeats. Several datagrams may be received before one tick.</item>
/// <item>Past <see cref="FenceAt"/> nothing may be answered: the responder compares it before each reply, so that a process
/// that stood still is silent from the first packet on.</item>
/// <item>To stop, call <see cref="Leave"/> and go on until <see cref="HasLeft"/>, at most the handover limit.</item>
/// </list>
/// Rule: on each segment a live, ready node's claim stands until its node dies, leaves, yields or a higher claim appears
/// (<see cref="ClaimOrder"/>); what nobody claims is placed by <see cref="Placer"/>, which every node computes alike.
/// A starting node listens for the dead time before it claims: whoever holds an address is heard three times in it. This
/// holds for a lone node too, for it cannot know that it is alone before it has listened. Each interface is its own
/// segment with its own election; two interfaces of one node on one segment would both answer.
/// </summary>
public sealed class Election
{
    private readonly ElectionOptions _options;
    private readonly ulong _seed;
    private readonly SortedDictionary<string, SegmentElection> _segments = new(StringComparer.Ordinal);
    private DemandTable _demands = new([]);
    private ulong _segmentsMade;

    /// <summary>Starts without links or demands. The seed must be random octets in production.</summary>
    public Election(ElectionOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _seed = seed;
    }

    /// <summary>When <see cref="Tick"/> must be called at the latest.</summary>
    public MonoTime NextDeadline
    {
        get
        {
            MonoTime next = MonoTime.Never;
            foreach (SegmentElection segment in _segments.Values)
            {
                next = MonoTime.Min(next, segment.NextDeadline);
            }

            return next;
        }
    }

    /// <summary>The instant past which nothing may be answered unless a tick moves it on.</summary>
    public MonoTime FenceAt
    {
        get
        {
            MonoTime fence = MonoTime.Never;
            foreach (SegmentElection segment in _segments.Values)
            {
                fence = segment.Membership.IsUp ? MonoTime.Min(fence, segment.Membership.FenceAt) : fence;
            }

            return fence;
        }
    }

    /// <summary>Whether <see cref="Leave"/> was called and nothing is answered for any more.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>The interfaces and what happens on each, by name.</summary>
    public IReadOnlyDictionary<string, SegmentElection> Segments => _segments;

    /// <summary>Whether this node answers for the address on the interface.</summary>
    public bool Announces(string interfaceName, IpAddr address) =>
        _segments.TryGetValue(interfaceName, out SegmentElection? segment) && segment.Announces(address);

    /// <summary>An interface appeared, went up or down, or changed its prefixes.</summary>
    public void SetLink(string interfaceName, bool up, IReadOnlyList<IpPrefix> prefixes, MonoTime now)
    {
        if (!_segments.TryGetValue(interfaceName, out SegmentElection? segment))
        {
            ulong mixed = Rendezvous.Weigh(_seed, Rendezvous.HashNode(interfaceName) + _segmentsMade++);
            segment = new SegmentElection(_options, interfaceName, mixed);
            segment.SetDemands(_demands, now);
            _segments.Add(interfaceName, segment);
        }

        segment.SetLink(up, prefixes, now);
    }

    /// <summary>Replaces the addresses wanted.</summary>
    /// <exception cref="ArgumentException">An address occurs twice.</exception>
    public void SetDemands(IReadOnlyList<AddressDemand> demands, MonoTime now)
    {
        _demands = new DemandTable(demands);
        foreach (SegmentElection segment in _segments.Values)
        {
            segment.SetDemands(_demands, now);
        }
    }

    /// <summary>Takes a datagram heard on the interface; the reason counts what was dropped.</summary>
    public DropReason Receive(string interfaceName, ReadOnlySpan<byte> datagram, MonoTime now) =>
        _segments.TryGetValue(interfaceName, out SegmentElection? segment) ? segment.Receive(datagram, now) : DropReason.UnknownInterface;

    /// <summary>Starts the handover of everything.</summary>
    public void Leave(MonoTime now)
    {
        foreach (SegmentElection segment in _segments.Values)
        {
            segment.Leave(now);
        }

        HasLeft = _segments.Count == 0;
    }

    /// <summary>Does what is due.</summary>
    public void Tick(MonoTime now, ElectionOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        bool left = _segments.Count > 0;
        foreach (SegmentElection segment in _segments.Values)
        {
            segment.Tick(now, output);
            left &= segment.HasLeft;
        }

        HasLeft |= left;
    }
}
