// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing;

/// <summary>
/// Holds back how many endpoints a Service is weighted by: routers that balance by weight compute their tables anew with each
/// change, and a Deployment that rolls changes one endpoint after the other. A weight changes once in an interval and then to
/// what is last known; to and from nothing at once, for traffic must follow.
/// </summary>
public sealed class WeightDamper
{
    /// <summary>The least time between two changes of a Service's weight.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Weight> _weights = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);

    /// <summary>When the next weight that was held back is due; never when none waits.</summary>
    public MonoTime Due
    {
        get
        {
            MonoTime due = MonoTime.Never;
            foreach (string service in _waiting)
                due = MonoTime.Min(due, _weights[service].ChangedAt + Interval);
            return due;
        }
    }

    /// <summary>Takes how many endpoints a Service has; returns how many it is to be weighted by now.</summary>
    public int Take(string service, int endpoints, MonoTime now)
    {
        bool known = _weights.TryGetValue(service, out Weight before);
        if (known && endpoints != before.Told && endpoints != 0 && before.Told != 0 && now < before.ChangedAt + Interval)
        {
            _weights[service] = before with { Latest = endpoints };
            _waiting.Add(service);
            return before.Told;
        }

        _waiting.Remove(service);
        _weights[service] = new Weight(endpoints, endpoints, known && endpoints == before.Told ? before.ChangedAt : now);
        return endpoints;
    }

    /// <summary>Takes how many endpoints a Service has, which nobody has been told yet: nothing is held back.</summary>
    public void Begin(string service, int endpoints)
    {
        _waiting.Remove(service);
        _weights[service] = new Weight(endpoints, endpoints, new MonoTime(long.MinValue / 2));
    }

    /// <summary>Forgets a Service.</summary>
    public void Remove(string service)
    {
        _waiting.Remove(service);
        _weights.Remove(service);
    }

    /// <summary>The weights that were held back and are due.</summary>
    public IReadOnlyList<(string Service, int Endpoints)> TakeDue(MonoTime now)
    {
        if (_waiting.Count == 0)
            return [];
        List<(string, int)> due = [];
        foreach (string service in _waiting)
            if (_weights[service].ChangedAt + Interval <= now)
                due.Add((service, _weights[service].Latest));
        foreach ((string service, int endpoints) in due)
        {
            _waiting.Remove(service);
            _weights[service] = new Weight(endpoints, endpoints, now);
        }

        return due;
    }

    private readonly record struct Weight(int Told, int Latest, MonoTime ChangedAt);
}
