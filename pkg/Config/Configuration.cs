// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Config.Judging;
using LoadBalancer.Primitives;

namespace LoadBalancer.Config;

/// <summary>Everything that is in force: immutable, ordered by name, the same for the same manifests on every node.</summary>
public sealed class Configuration
{
    internal Configuration(
        IReadOnlyList<Pool> pools, IReadOnlyList<L2Advertisement> advertisements, IReadOnlyList<ObjectVerdict> verdicts, IReadOnlySet<string> refusedPools)
    {
        Pools = pools;
        L2Advertisements = advertisements;
        Verdicts = verdicts;
        RefusedPools = refusedPools;
    }

    public static Configuration Empty { get; } = new([], [], [], new HashSet<string>());

    public IReadOnlyList<Pool> Pools { get; }

    public IReadOnlyList<L2Advertisement> L2Advertisements { get; }

    /// <summary>Peers in force, in order of name. A node keeps the sessions of <see cref="BgpPeersOn"/>.</summary>
    public IReadOnlyList<BgpPeer> BgpPeers { get; internal init; } = [];

    /// <summary>BGPAdvertisements in force, in order of name.</summary>
    public IReadOnlyList<BgpAdvertisement> BgpAdvertisements { get; internal init; } = [];

    /// <summary>BFDProfiles in force, in order of name.</summary>
    public IReadOnlyList<BfdProfile> BfdProfiles { get; internal init; } = [];

    /// <summary>Every alias of a community, the well-known ones too.</summary>
    public IReadOnlyDictionary<string, BgpCommunity> Communities { get; internal init; } = WellKnownCommunities.All;

    /// <summary>The peers, the one that gives way to none first.</summary>
    internal IReadOnlyList<BgpPeer> BgpPeersByClaim { get; init; } = [];

    internal IReadOnlyList<CommunityBook> CommunityBooks { get; init; } = [];

    /// <summary>One verdict for each object given, pools first.</summary>
    public IReadOnlyList<ObjectVerdict> Verdicts { get; }

    /// <summary>
    /// Names of pools that exist but of which no version is in force: what their Services hold is left alone, and L2Advertisements
    /// select them as they select others.
    /// </summary>
    public IReadOnlySet<string> RefusedPools { get; }

    /// <summary>
    /// Judges all objects. A bad one is left out and named; the others go on. While a new version of an object is refused, its last
    /// accepted version (from <paramref name="previous"/>) stays in force, so that a typo frees no address and withdraws nothing;
    /// deleting the object ends that. Of two pools that overlap the one already in force stays, else the older, else the first by name.
    /// </summary>
    public static Configuration Build(ManifestSet manifests, Configuration? previous = null) =>
        ConfigurationBuilder.Build(manifests, previous ?? Empty);

    /// <summary>
    /// Name of the pool an assigned address counts to; null when there is none. The Service's own record decides while an object of
    /// that name exists, refused or not: which of two overlapping pools is in force may differ between a process that has just started
    /// and one that knew an earlier version, and all of them have to announce alike. The controller keeps the record right.
    /// </summary>
    /// <param name="address">The address of a Service.</param>
    /// <param name="recorded">The pool the controller recorded on the Service; empty when it did not.</param>
    public string? PoolOf(IpAddr address, string recorded)
    {
        if (RefusedPools.Contains(recorded) || FindPool(recorded) is not null)
            return recorded;
        foreach (Pool pool in Pools)
            if (pool.Contains(address))
                return pool.Name;
        return null;
    }

    /// <summary>
    /// Sessions that a node of these labels keeps, in order of name. Of two peers that are one session there, which only the labels of
    /// nodes can tell, it keeps the one in force first, else the older, else the first by name.
    /// </summary>
    public IReadOnlyList<BgpPeer> BgpPeersOn(IReadOnlyDictionary<string, string> labels)
    {
        List<BgpPeer> kept = [];
        foreach (BgpPeer peer in BgpPeersByClaim)
        {
            bool free = peer.SelectsNode(labels);
            for (int i = 0; free && i < kept.Count; i++)
                free = !BgpPeerClashes.SameSession(peer, kept[i]);
            if (free)
                kept.Add(peer);
        }

        kept.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return kept;
    }

    /// <summary>The community a text stands for: an alias, <c>N:M</c> or <c>large:A:B:C</c>; null when it is none of them.</summary>
    public BgpCommunity? FindCommunity(string text) =>
        Communities.TryGetValue(text, out BgpCommunity community) || CommunityText.TryParse(text, out community, out _) ? community : null;

    public Pool? FindPool(string name)
    {
        foreach (Pool pool in Pools)
            if (pool.Name == name)
                return pool;
        return null;
    }
}

/// <summary>All configuration objects there are; Namespace is the one they must be in, null when any will do.</summary>
public sealed record ManifestSet(
    IReadOnlyList<PoolManifest> Pools, IReadOnlyList<L2AdvertisementManifest> L2Advertisements, string? Namespace = null)
{
    public IReadOnlyList<BgpPeerManifest> BgpPeers { get; init; } = [];

    public IReadOnlyList<BgpAdvertisementManifest> BgpAdvertisements { get; init; } = [];

    public IReadOnlyList<CommunityManifest> Communities { get; init; } = [];

    public IReadOnlyList<BfdProfileManifest> BfdProfiles { get; init; } = [];
}
