// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>
/// Adj-RIB-Out (RFC 4271 3.2): the routes that are wanted go in, the fewest UPDATEs that bring each peer there come out. One
/// owner calls it; it holds no socket, clock or thread.
/// <para>
/// <b>Structure.</b> A route is a slot that tells its offer by a number; an offer is an interned table from policies to
/// interned attributes, so that any number of policies costs a route nothing. Peers whose messages look the same form a
/// group; those of a group that know the same form a cohort, for which each message is encoded once. For a cohort there are
/// two bits for a slot (to announce, to withdraw), and only for slots that wait the number of what the peers know. What
/// waits is therefore the net difference at any time: a change that is taken back leaves nothing.
/// </para>
/// <para>
/// <b>A peer that cannot keep up.</b> The peers of a cohort take messages from blocks of 64 KiB, eight at most. Who has not
/// taken a route that changes again, or falls eight blocks behind, gets a cohort of its own, as if these messages had never
/// been encoded, and comes back when it has caught up. What it costs meanwhile is bounded by the routes, whatever changes.
/// </para>
/// <para>
/// <b>Octets for a prefix.</b> 32 for IPv4 and 44 for IPv6 with its hash bucket, for all peers together, and a quarter for each
/// cohort (an eighth more while it shares blocks or is being refreshed). A further peer: none while it keeps up; up to six
/// alone when all routes changed while it stood. A block under way also holds eight for each route in it.
/// </para>
/// <para>
/// <b>Cost.</b> Setting a route: one hash look-up, and a few steps for each policy and cohort, not for each peer. Filling a
/// buffer: what is written, plus sorting what waits (up to 8,192 routes); above that the lists of the offers are walked, one
/// buffer at a time, so that the rest of the world is served in between. A peer that comes up, asks for a refresh or changes
/// its policy costs one pass over the slots. Nothing is allocated once tables and pools have grown.
/// </para>
/// </summary>
public sealed partial class AdjRibOut
{
    private readonly RibShared _shared;
    private readonly FamilyRib _ipv4;
    private readonly FamilyRib _ipv6;
    private int _policies;

    /// <summary>A RIB without routes, peers or policies. Without a source of jitter, advertisement intervals are exact.</summary>
    public AdjRibOut(Random? jitter = null)
        : this(jitter, new RibLimits())
    {
    }

    internal AdjRibOut(Random? jitter, RibLimits limits)
    {
        _shared = new(jitter, limits);
        _ipv4 = new FamilyRib<IPv4Key>(_shared);
        _ipv6 = new FamilyRib<IPv6Key>(_shared);
    }

    /// <summary>Distinct sets of attributes in use.</summary>
    public int AttributeSets => _shared.Attributes.Count;

    /// <summary>UPDATEs encoded so far, each counted once however many peers it went to.</summary>
    public long MessagesEncoded => _shared.MessagesEncoded;

    /// <summary>Routes that are wanted in a family.</summary>
    public int Count(IpFamily family) => Family(family).Count;

    /// <summary>Adds a policy, without limits.</summary>
    public PolicyId AddPolicy()
    {
        _ipv4.AddPolicy();
        _ipv6.AddPolicy();
        return new(_policies++);
    }

    /// <summary>
    /// Sets how many routes of a family each peer of a policy may get. Those that came last are kept from it, and let through
    /// when there is room again.
    /// </summary>
    public void SetPrefixLimit(PolicyId policy, IpFamily family, int? limit) => Family(family).SetLimit(policy.Index, limit ?? int.MaxValue);

    /// <summary>Wants a route, in place of what was wanted of the same prefix and path; true when that differs.</summary>
    public bool Set(IpPrefix prefix, RouteOffer offer, uint pathId = 0)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return Family(prefix.Family).Set(prefix, pathId, _shared.Offers.Intern(offer));
    }

    /// <summary>Wants a route no longer; false when it was not wanted.</summary>
    public bool Remove(IpPrefix prefix, uint pathId = 0) => Family(prefix.Family).Set(prefix, pathId, 0);

    /// <summary>
    /// Says that all routes have been set that there are at the start. Until then no peer is told End-of-RIB, on which it
    /// would drop what it kept over our restart (RFC 4724 4.1).
    /// </summary>
    public void CompleteInitialState() => _shared.IsComplete = true;

    private FamilyRib Family(IpFamily family) => family == IpFamily.IPv4 ? _ipv4 : _ipv6;
}
