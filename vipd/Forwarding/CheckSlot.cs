// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>One check of one server, and the verdict on it, which outlives pauses and changes of the check.</summary>
internal sealed class CheckSlot(HealthCheck check, HealthVerdict begin)
{
    private readonly Lock _changing = new();
    private HealthVerdict _verdict = begin;
    private HealthWatch? _watch;
    private (long Asked, long Failed) _before;

    public HealthCheck Check { get; } = check;

    /// <summary>Whether it is being asked.</summary>
    public bool IsRunning => _watch is not null;

    /// <summary>The last verdict; from any thread.</summary>
    public HealthVerdict Verdict
    {
        get
        {
            lock (_changing)
            {
                return _verdict;
            }
        }
    }

    /// <summary>Begins to ask; changed is called from any thread.</summary>
    public void Start(RealServer server, int port, HealthTools tools, Action changed, IEnumerable<TrackReport> known)
    {
        HealthWatch watch = new(Check, server.Address, port, tools, Verdict.IsUp ? TrackState.Up : TrackState.Down, verdict =>
        {
            lock (_changing)
            {
                _verdict = verdict;
            }

            changed();
        });
        _watch = watch;
        foreach (TrackReport report in known)
        {
            watch.Take(report);
        }
    }

    /// <summary>Passes on what is known of a tracked object.</summary>
    public void Take(TrackReport report) => _watch?.Take(report);

    /// <summary>Asks no more; the verdict stays.</summary>
    public async Task StopAsync()
    {
        if (_watch is { } watch)
        {
            await watch.DisposeAsync();
            _before = Counts;
            _watch = null;
        }
    }

    private (long Asked, long Failed) Counts => _watch is { } watch ? (_before.Asked + watch.Counts.Asked, _before.Failed + watch.Counts.Failed) : _before;

    /// <summary>For the status; from any thread.</summary>
    public CheckStatus Status => new(Check.Kind.ToString().ToLowerInvariant(), Verdict.IsUp, _watch?.Words ?? Verdict.Words, Counts.Asked, Counts.Failed);
}
