// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

public sealed partial class BgpSession
{
    /// <summary>What it has done.</summary>
    public SessionCounters Counters => _counters;

    /// <summary>Octets held for this peer besides the object itself: unfinished messages and counted prefixes.</summary>
    public int BufferedOctets =>
        _first.Buffer.Capacity + _second.Buffer.Capacity + _families[0].Prefixes.Size + _families[1].Prefixes.Size;

    /// <summary>How the session stands, copied.</summary>
    public SessionSnapshot Snapshot() => new()
    {
        State = State,
        Since = _since,
        Running = _isRunning,
        Negotiated = Negotiated,
        LastEnd = _lastEnd,
        NextAttempt = MonoTime.Min(_retryAt, _idleHoldAt),
        ConnectRetryCounter = _connectRetryCounter,
        Counters = _counters,
        Families = Families(),
    };

    private ImmutableArray<FamilySnapshot> Families()
    {
        ImmutableArray<FamilySnapshot>.Builder families = ImmutableArray.CreateBuilder<FamilySnapshot>();
        foreach (FamilyState family in _families)
        {
            if (_options.Open.Families.Contains(family.Family))
            {
                families.Add(new(family.Family)
                {
                    Negotiated = family.IsNegotiated,
                    Disabled = family.IsDisabled,
                    Prefixes = family.Prefixes.Count,
                    MorePrefixes = family.Prefixes.IsFull,
                    Stale = family.Prefixes.StaleCount,
                    LongLivedStale = family.IsLongLived,
                    EndOfRibReceived = family.EndOfRibReceived,
                    EndOfRibSent = family.EndOfRibSent,
                });
            }
        }

        return families.ToImmutable();
    }
}
