// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>The processes that match one tracked process, and whether they are as many as they should be.</summary>
internal sealed class ProcessCount(TrackedProcess process)
{
    private readonly HashSet<int> _there = [];
    private bool _isNew;
    private DelayedState _state = new(process.UpDelay, process.DownDelay);

    public TrackedProcess Process => process;

    /// <summary>What counts.</summary>
    public TrackState State => _state.State;

    /// <summary>When to look at it again.</summary>
    public MonoTime NextDeadline => _state.NextDeadline;

    /// <summary>The count in words.</summary>
    public string Words => $"{_there.Count} running, {Wanted}";

    private string Wanted => process.QuorumMax switch
    {
        0 => "none wanted",
        null => $"{process.Quorum} wanted",
        { } most when most == process.Quorum => $"{most} wanted",
        { } most => $"{process.Quorum} to {most} wanted",
    };

    /// <summary>A process is there that matches, or does not.</summary>
    public void Set(int id, bool matches)
    {
        _isNew |= matches ? _there.Add(id) : _there.Remove(id);
    }

    /// <summary>Forgets all: they are counted anew.</summary>
    public void Clear()
    {
        _there.Clear();
        _isNew = true;
    }

    /// <summary>Judges the count; true when what counts, or the count itself, may have changed.</summary>
    public bool Judge(MonoTime now)
    {
        // keepalived: a most of 0 says that none may run, whatever the least.
        bool enough = process.QuorumMax == 0 ? _there.Count == 0 : _there.Count >= process.Quorum && !(_there.Count > process.QuorumMax);
        bool isNew = _isNew;
        _isNew = false;
        return _state.Set(enough ? TrackState.Up : TrackState.Down, now) || isNew;
    }
}
