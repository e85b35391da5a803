// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace LoadBalancer.Routing;

/// <summary>
/// Gives each peer of this node a number that stays its own for as long as the peer exists, so that a change of one peer
/// is no change of another's routes. Numbers are small: that of a peer which is gone is given out again.
/// </summary>
public sealed class PeerNumbers
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string?> _names = [];

    /// <summary>Names of the peers there are.</summary>
    public IReadOnlyCollection<string> Names => _numbers.Keys;

    /// <summary>The number of a peer.</summary>
    public bool TryGet(string name, out int number) => _numbers.TryGetValue(name, out number);

    /// <summary>The name of a peer.</summary>
    public bool TryGetName(int number, [NotNullWhen(true)] out string? name)
    {
        name = number >= 0 && number < _names.Count ? _names[number] : null;
        return name is not null;
    }

    internal void Keep(IReadOnlyCollection<string> names)
    {
        HashSet<string> kept = new(names, StringComparer.Ordinal);
        for (int i = 0; i < _names.Count; i++)
            if (_names[i] is { } name && !kept.Contains(name))
            {
                _numbers.Remove(name);
                _names[i] = null;
            }

        foreach (string name in names)
            if (!_numbers.ContainsKey(name))
                Add(name);
    }

    private void Add(string name)
    {
        int number = _names.IndexOf(null);
        if (number < 0)
        {
            number = _names.Count;
            _names.Add(null);
        }

        _names[number] = name;
        _numbers.Add(name, number);
    }
}
