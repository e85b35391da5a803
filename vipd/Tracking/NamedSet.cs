// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Tracking;

/// <summary>Running things by the name they have in the configuration, each with what it was made of.</summary>
internal sealed class NamedSet<TSettings, TRunning>
    where TSettings : notnull
{
    private readonly Dictionary<string, (TSettings Settings, TRunning Running)> _items = new(StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public IEnumerable<TRunning> Running => _items.Values.Select(static item => item.Running);

    /// <summary>How many there are.</summary>
    public int Count => _items.Count;

    /// <summary>Makes the set what is wanted: stops what is gone or differs, starts what is new or differs.</summary>
    public void Apply(IEnumerable<(string Name, TSettings Settings)> wanted, Func<string, TSettings, TRunning> start, Action<string, TRunning, bool> stop)
    {
        Dictionary<string, TSettings> names = new(StringComparer.Ordinal);
        foreach ((string name, TSettings settings) in wanted)
            names[name] = settings;
        foreach ((string name, (TSettings settings, TRunning running)) in _items.ToArray())
        {
            bool stays = names.TryGetValue(name, out TSettings? other);
            if (stays && EqualityComparer<TSettings>.Default.Equals(settings, other))
                continue;
            _items.Remove(name);
            stop(name, running, !stays);
        }

        foreach ((string name, TSettings settings) in names)
            if (!_items.ContainsKey(name))
                _items.Add(name, (settings, start(name, settings)));
    }
}
