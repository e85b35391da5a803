// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp.Tracking;

/// <summary>
/// Turns single results into a verdict: so many successes in a row to be up, so many failures in a row to be down. The very
/// first result counts at once, unless it begins failed.
/// </summary>
public struct RiseFall
{
    private readonly int _rise;
    private readonly int _fall;
    private int _run;

    /// <summary>Needs rise successes and fall failures in a row, at least 1 each.</summary>
    public RiseFall(int rise, int fall, bool beginsFailed = false)
    {
        _rise = Math.Max(1, rise);
        _fall = Math.Max(1, fall);
        State = beginsFailed ? TrackState.Down : TrackState.Unknown;
    }

    /// <summary>The verdict.</summary>
    public TrackState State { get; private set; }

    /// <summary>Takes a result; true when the verdict changed by it.</summary>
    public bool Add(bool success)
    {
        TrackState said = success ? TrackState.Up : TrackState.Down;
        if (State == said)
        {
            _run = 0;
            return false;
        }

        _run++;
        if (State != TrackState.Unknown && _run < (success ? _rise : _fall))
        {
            return false;
        }

        State = said;
        _run = 0;
        return true;
    }
}
