// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.BgpNet.Session;

/// <summary>
/// How long a peer is left alone after each failure (RFC 4271 8.1, DampPeerOscillations). It forgets only after a session
/// that was stable: a peer that comes up and dies at once would be dialled every second otherwise.
/// </summary>
internal struct BackOff
{
    private const int MostDoublings = 16;
    private int _failures;

    /// <summary>Failures in a row that made waiting longer.</summary>
    public readonly int Failures => _failures;

    public void Forget() => _failures = 0;

    public TimeSpan Next(RetryClass kind, TimeSpan unit, ref Jitter jitter)
    {
        (int first, int most) = Bounds(kind);
        if (kind == RetryClass.Prompt)
        {
            return jitter.Of(unit);
        }

        double factor = Math.Min(most, (double)first * (1 << Math.Min(_failures, MostDoublings)));
        _failures++;
        return jitter.Of(unit * factor);
    }

    private static (int First, int Most) Bounds(RetryClass kind) => kind switch
    {
        RetryClass.Flap => (1, 60),
        RetryClass.PeerReset => (1, 30),
        RetryClass.Collision => (1, 5),
        RetryClass.Refused => (40, 120),
        RetryClass.Misconfigured => (5, 120),
        RetryClass.Prompt => (1, 1),
        _ => throw new UnreachableException(),
    };
}
