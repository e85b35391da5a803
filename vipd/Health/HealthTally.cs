// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Health;

/// <summary>
/// Turns answers into a verdict: so many successes in a row to be up, so many failures in a row to be down. A server begins up
/// unless told otherwise, and then needs its failures in a row from the very first; what begins unknown takes its first answer.
/// </summary>
internal struct HealthTally(int rise, int fall, TrackState begin)
{
    private int _run;

    public TrackState State { get; private set; } = begin;

    /// <summary>Whether a server that is up has failed, and not yet often enough to be down.</summary>
    public readonly bool IsWavering => State == TrackState.Up && _run > 0;

    /// <summary>Takes an answer; true when the verdict changed by it.</summary>
    public bool Add(bool success)
    {
        TrackState said = success ? TrackState.Up : TrackState.Down;
        if (State == said)
        {
            _run = 0;
            return false;
        }

        _run++;
        if (State != TrackState.Unknown && _run < (success ? rise : fall))
        {
            return false;
        }

        State = said;
        _run = 0;
        return true;
    }
}
