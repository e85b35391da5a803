// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Config.Judging;

/// <summary>What objects may refer to by name: what is in force, and what exists but is refused.</summary>
internal sealed class References
{
    private readonly Dictionary<string, BgpCommunity> _communities = new(WellKnownCommunities.All, StringComparer.Ordinal);
    private readonly Dictionary<string, BfdProfile> _profiles = new(StringComparer.Ordinal);
    private readonly HashSet<string> _peers = new(StringComparer.Ordinal);
    private readonly HashSet<(ObjectKind, string)> _existing = [];

    /// <summary>Pools by name and label.</summary>
    public IReadOnlyList<NamedPool> Pools { get; init; } = [];

    /// <summary>Pools in force, by name.</summary>
    public required IReadOnlyDictionary<string, Pool> PoolsInForce { get; init; }

    public IReadOnlyDictionary<string, BgpCommunity> Communities => _communities;

    public void Add(IReadOnlyList<CommunityBook> books)
    {
        foreach (CommunityBook book in books)
            foreach ((string name, BgpCommunity community) in book.Aliases)
                _communities[name] = community;
    }

    public void Add(IReadOnlyList<BfdProfile> profiles)
    {
        foreach (BfdProfile profile in profiles)
            _profiles[profile.Name] = profile;
    }

    public void Add(IReadOnlyList<BgpPeer> peers)
    {
        foreach (BgpPeer peer in peers)
            _peers.Add(peer.Name);
    }

    /// <summary>Notes that objects of these names exist, whatever becomes of them.</summary>
    public void Exist(ObjectKind kind, IEnumerable<IObjectManifest> manifests)
    {
        foreach (IObjectManifest manifest in manifests)
            _existing.Add((kind, manifest.Name));
    }

    public BfdProfile? FindProfile(string name) => _profiles.GetValueOrDefault(name);

    public bool HasPeer(string name) => _peers.Contains(name);

    /// <summary>Why a name leads to nothing.</summary>
    public string Missing(ObjectKind kind, string name) =>
        _existing.Contains((kind, name)) ? $"which is refused (its Accepted condition says why)" : $"and there is no such {kind}";

    /// <summary>Literals and aliases, each once, in order; a name nobody defines is left out and told.</summary>
    public IReadOnlyList<BgpCommunity> Resolve(IReadOnlyList<string> written, string field, Remarks remarks)
    {
        List<BgpCommunity> found = [];
        for (int i = 0; i < written.Count; i++)
        {
            if (_communities.TryGetValue(written[i], out BgpCommunity community))
                AddOnce(found, community);
            else if (!written[i].Contains(':', StringComparison.Ordinal) && !IsNumber(written[i]))
                remarks.Unresolved.Add($"{field}[{i}] names \"{written[i]}\", and no Community object defines that name: it is left out; define it or remove it");
            else if (CommunityText.TryParse(written[i], out community, out string remedy))
                AddOnce(found, community);
            else
                remarks.Errors.Add($"{field}[{i}] is \"{written[i]}\": {remedy}");
        }

        found.Sort(static (a, b) => a.IsLarge != b.IsLarge ? a.IsLarge.CompareTo(b.IsLarge)
            : (a.Global, a.Local1, a.Local2).CompareTo((b.Global, b.Local1, b.Local2)));
        return found;
    }

    private static void AddOnce(List<BgpCommunity> found, BgpCommunity community)
    {
        if (!found.Contains(community))
            found.Add(community);
    }

    // Somebody who writes 1234 means a community and forgot half of it; waiting for an alias of that name would hide the slip.
    private static bool IsNumber(string text) => text.Length == 0 || !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
