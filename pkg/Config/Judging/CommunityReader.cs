// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Config.Judging;

/// <summary>Compiles a Community object: names for communities.</summary>
internal static class CommunityReader
{
    public static CommunityBook Read(CommunityManifest manifest, Remarks remarks)
    {
        SortedDictionary<string, BgpCommunity> aliases = new(StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < manifest.Communities.Count; i++)
        {
            (string name, string value) = manifest.Communities[i];
            string field = $"spec.communities[{i}]";
            if (name.Length == 0)
                remarks.Errors.Add($"{field}.name is empty: give it a name");
            else if (!names.Add(name))
                remarks.Errors.Add($"{field}.name \"{name}\" is there twice: remove one");
            if (!CommunityText.TryParse(value, out BgpCommunity community, out string remedy))
                remarks.Errors.Add($"{field}.value is \"{value}\": {remedy}");
            else if (WellKnownCommunities.All.TryGetValue(name, out BgpCommunity known) && known != community)
                remarks.Errors.Add($"{field}.name \"{name}\" is a well-known community and stands for {known}, not {community}: choose another name");
            else if (name.Contains(':', StringComparison.Ordinal))
                remarks.Warnings.Add($"{field}.name \"{name}\" cannot be referred to, since what holds a colon is read as a community itself: choose a name without");
            else
                aliases.TryAdd(name, community);
        }

        return new CommunityBook(manifest.Namespace, manifest.Name, [.. aliases]);
    }

    public static Clash? Compare(CommunityBook book, CommunityBook other)
    {
        foreach ((string name, _) in book.Aliases)
            foreach ((string theirs, _) in other.Aliases)
                // A well-known name has one value wherever it is written.
                if (name == theirs && !WellKnownCommunities.All.ContainsKey(name))
                    return new($"has \"{name}\" in spec.communities, and Community {other.Name} defines that name too: remove it from one of the two", true);
        return null;
    }
}
