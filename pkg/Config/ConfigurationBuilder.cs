// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Config;

/// <summary>Judges what spans objects: names, overlaps, references.</summary>
internal sealed class ConfigurationBuilder
{
    private readonly ManifestSet _manifests;
    private readonly Configuration _previous;
    private readonly Dictionary<string, Pool> _inForce = new(StringComparer.Ordinal);
    private readonly List<NamedPool> _named = [];
    private readonly List<ObjectVerdict> _verdicts = [];

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
        List<L2Advertisement> advertisements = builder.JudgeAdvertisements();
        builder._verdicts.Sort(static (a, b) => a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind)
            : a.Name != b.Name ? string.CompareOrdinal(a.Name, b.Name) : string.CompareOrdinal(a.Namespace, b.Namespace));
        return new Configuration(pools, advertisements, builder._verdicts, refused);
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
                    Accept(ObjectKind.IPAddressPool, candidates[i].Manifest.Namespace, candidates[i].Pool.Name, candidates[i].Manifest.Generation, []);
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

    private List<L2Advertisement> JudgeAdvertisements()
    {
        List<L2Advertisement> accepted = [];
        foreach (L2AdvertisementManifest manifest in _manifests.L2Advertisements)
        {
            List<string> errors = [], warnings = [];
            if (_manifests.Namespace is { } expected && manifest.Namespace != expected)
            {
                Refuse(ObjectKind.L2Advertisement, manifest.Namespace, manifest.Name, manifest.Generation, VerdictReason.WrongNamespace,
                    $"is in namespace {manifest.Namespace}: create it in {expected}", false);
                continue;
            }

            L2Advertisement advertisement = ObjectReader.Read(manifest, _named, errors, warnings);
            if (errors.Count == 0)
            {
                accepted.Add(advertisement);
                Accept(ObjectKind.L2Advertisement, manifest.Namespace, manifest.Name, manifest.Generation, warnings);
                continue;
            }

            L2Advertisement? last = null;
            foreach (L2Advertisement known in _previous.L2Advertisements)
                if (known.Namespace == manifest.Namespace && known.Name == manifest.Name)
                    last = known;
            if (last is not null)
                accepted.Add(last);
            Refuse(ObjectKind.L2Advertisement, manifest.Namespace, manifest.Name, manifest.Generation, VerdictReason.InvalidSpec,
                string.Join("; ", errors), last is not null);
        }

        accepted.Sort(static (a, b) => a.Name != b.Name ? string.CompareOrdinal(a.Name, b.Name) : string.CompareOrdinal(a.Namespace, b.Namespace));
        return accepted;
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

    private void Accept(ObjectKind kind, string space, string name, long generation, List<string> warnings) =>
        _verdicts.Add(new(kind, space, name, generation, true,
            warnings.Count == 0 ? VerdictReason.Accepted : VerdictReason.UnresolvedReference,
            warnings.Count == 0 ? $"{kind} {name} is in force" : $"{kind} {name}: {string.Join("; ", warnings)}"));

    private void Refuse(PoolManifest manifest, VerdictReason reason, string message) =>
        Refuse(ObjectKind.IPAddressPool, manifest.Namespace, manifest.Name, manifest.Generation, reason, message,
            _inForce.TryGetValue(manifest.Name, out Pool? last) && last.Namespace == manifest.Namespace);

    private void Refuse(ObjectKind kind, string space, string name, long generation, VerdictReason reason, string message, bool lastStays) =>
        _verdicts.Add(new(kind, space, name, generation, false, reason,
            $"{kind} {name}: {message}{(lastStays ? "; its last accepted version stays in force" : "")}"));
}
