// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Routing;

/// <summary>
/// Puts the peers of this node that are to be told the same into groups. A group's number stays its own for as long as it
/// has peers, so that a change of one peer is no change of another's routes. Numbers are small: one that is free is given
/// out again.
/// </summary>
public sealed class PeerGroups
{
    private readonly Dictionary<string, int> _groupOf = new(StringComparer.Ordinal);
    private readonly List<string?> _keys = [];

    /// <summary>Names of the peers there are.</summary>
    public IReadOnlyCollection<string> Peers => _groupOf.Keys;

    /// <summary>The group of a peer.</summary>
    public bool TryGet(string peer, out int group) => _groupOf.TryGetValue(peer, out group);

    /// <summary>The peers in some groups, by name.</summary>
    public IReadOnlyList<string> Members(PeerGroupSet groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        List<string> members = [];
        foreach ((string peer, int group) in _groupOf)
            if (groups.Contains(group))
                members.Add(peer);
        members.Sort(StringComparer.Ordinal);
        return members;
    }

    /// <summary>Takes all peers there are, each with what tells its group from others.</summary>
    internal void Assign(IReadOnlyList<(string Peer, string Key)> peers)
    {
        HashSet<string> kept = new(StringComparer.Ordinal);
        foreach ((_, string key) in peers)
            kept.Add(key);
        for (int i = 0; i < _keys.Count; i++)
            if (_keys[i] is { } key && !kept.Contains(key))
                _keys[i] = null;
        _groupOf.Clear();
        foreach ((string peer, string key) in peers)
            _groupOf[peer] = NumberOf(key);
    }

    private int NumberOf(string key)
    {
        int number = _keys.IndexOf(key);
        if (number >= 0)
            return number;
        number = _keys.IndexOf(null);
        if (number < 0)
        {
            number = _keys.Count;
            _keys.Add(null);
        }

        _keys[number] = key;
        return number;
    }
}
