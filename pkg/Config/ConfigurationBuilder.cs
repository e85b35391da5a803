// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Config.Judging;
using LoadBalancer.Primitives;

namespace LoadBalancer.Config;

/// <summary>Judges what spans objects: names, overlaps, references.</summary>
internal sealed partial class ConfigurationBuilder
{
    private readonly ManifestSet _manifests;
    private readonly Configuration _previous;
    private readonly Dictionary<string, Pool> _inForce = new(StringComparer.Ordinal);
    private readonly List<NamedPool> _named = [];
    private readonly VerdictList _verdicts = new();

    private ConfigurationBuilder(ManifestSet manifests, Configuration previous)
    {
        _manifests = manifests;
        _previous = previous;
    }

    public static Configuration Build(ManifestSet manifests, Configuration previous)
    {
        ConfigurationBuilder builder = new(manifests, previous);
        HashSet<string> refused = builder.JudgePools();
        List<Pool> pools = [.. builder._inForce.Values];
        pools.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        List<L2Advertisement> advertisements = builder.JudgeL2Advertisements();
        References references = new() { Pools = builder._named, PoolsInForce = builder._inForce };
        List<CommunityBook> books = builder.JudgeCommunities(references);
        List<BfdProfile> profiles = builder.JudgeProfiles(references);
        List<BgpPeer> peers = builder.JudgePeers(references);
        List<BgpAdvertisement> announced = builder.JudgeBgpAdvertisements(references);
        return new Configuration(pools, advertisements, builder._verdicts.Sorted(), refused)
        {
            BgpAdvertisements = announced,
            BgpPeers = ByName(peers),
            BgpPeersByClaim = peers,
            BfdProfiles = ByName(profiles),
            CommunityBooks = books,
            Communities = references.Communities,
        };
    }

    private HashSet<string> JudgePools()
    {
        List<PoolManifest> ordered = [.. _manifests.Pools];
        ordered.Sort((a, b) => Older(InForceBefore(a), a.CreatedAt, a.Name, a.Namespace, InForceBefore(b), b.CreatedAt, b.Name, b.Namespace));
        List<(PoolManifest Manifest, Pool Pool)> candidates = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<string> refused = new(StringComparer.Ordinal);
        foreach (PoolManifest manifest in ordered)
        {
            List<string> errors = [];
            if (_manifests.Namespace is { } expected && manifest.Namespace != expected)
            {
                Refuse(manifest, VerdictReason.WrongNamespace, $"is in namespace {manifest.Namespace}: create it in {expected}");
                continue;
            }

            if (!names.Add(manifest.Name))
            {
                Refuse(manifest, VerdictReason.InvalidSpec, "has the name of a pool in another namespace: give it another name");
                continue;
            }

            // What was in force stays so until its successor is accepted.
            if (_previous.FindPool(manifest.Name) is { } last && last.Namespace == manifest.Namespace)
                _inForce.Add(last.Name, last);
            Pool? pool = ObjectReader.Read(manifest, errors);
            if (errors.Count == 0 && pool is not null)
                candidates.Add((manifest, pool));
            else
                Refuse(manifest, VerdictReason.InvalidSpec, string.Join("; ", errors));
        }

        Place(candidates);
        foreach (PoolManifest manifest in ordered)
        {
            bool misplaced = _manifests.Namespace is { } expected && manifest.Namespace != expected;
            if (misplaced || !names.Remove(manifest.Name))
                continue;
            bool inForce = _inForce.ContainsKey(manifest.Name);
            _named.Add(new NamedPool(manifest.Name, manifest.Labels, inForce));
            if (!inForce)
                refused.Add(manifest.Name);
        }

        _named.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return refused;
    }

    /// <summary>A pool may grow into what another gives up in the same change, so placing is repeated while it gets further.</summary>
    private void Place(List<(PoolManifest Manifest, Pool Pool)> candidates)
    {
        for (bool progress = true; progress;)
        {
            progress = false;
            for (int i = 0; i < candidates.Count; i++)
                if (FindOverlap(candidates[i].Pool) is null)
                {
                    _inForce[candidates[i].Pool.Name] = candidates[i].Pool;
                    _verdicts.Accept(ObjectKind.IPAddressPool, candidates[i].Manifest, new Remarks());
                    candidates.RemoveAt(i--);
                    progress = true;
                }
        }

        foreach ((PoolManifest manifest, Pool pool) in candidates)
        {
            (Pool other, IpRange mine, IpRange theirs) = FindOverlap(pool)!.Value;
            IpRange common = new(mine.First > theirs.First ? mine.First : theirs.First, mine.Last < theirs.Last ? mine.Last : theirs.Last);
            Refuse(manifest, VerdictReason.OverlappingPool,
                $"has {mine} in spec.addresses, and IPAddressPool {other.Name} has {theirs}; both hold {common}: take {common} out of one of the two");
        }
    }

    private (Pool Other, IpRange Mine, IpRange Theirs)? FindOverlap(Pool pool)
    {
        foreach (Pool other in _inForce.Values)
            if (other.Name != pool.Name)
                foreach (IpRange theirs in other.Ranges)
                    foreach (IpRange mine in pool.Ranges)
                        if (mine.Overlaps(theirs))
                            return (other, mine, theirs);
        return null;
    }

    private bool InForceBefore(PoolManifest manifest) => _previous.FindPool(manifest.Name)?.Namespace == manifest.Namespace;

    private static int Older(bool knownA, long createdA, string nameA, string spaceA, bool knownB, long createdB, string nameB, string spaceB)
    {
        if (knownA != knownB)
            return knownA ? -1 : 1;
        int byAge = createdA.CompareTo(createdB);
        int byName = byAge != 0 ? byAge : string.CompareOrdinal(nameA, nameB);
        return byName != 0 ? byName : string.CompareOrdinal(spaceA, spaceB);
    }

    private void Refuse(PoolManifest manifest, VerdictReason reason, string message) =>
        _verdicts.Refuse(ObjectKind.IPAddressPool, manifest, reason, message, _inForce.TryGetValue(manifest.Name, out Pool? last) && last.Namespace == manifest.Namespace);
}
