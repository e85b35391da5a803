// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>
/// How long End-of-RIB may be withheld after a start because nobody has said yet that all routes are known: not for ever, for a peer that
/// waits keeps what the process before announced (RFC 4724 4.2).
/// </summary>
public sealed class InitialStateWait(TimeSpan most)
{
    private bool _isOver;

    /// <summary>When the waiting ends by itself; never while no peer waits, and when it has ended.</summary>
    public MonoTime Until { get; private set; } = MonoTime.Never;

    /// <summary>A session came up: from the first one on, somebody waits.</summary>
    public void SessionUp(MonoTime now)
    {
        if (!_isOver && Until == MonoTime.Never)
        {
            Until = now + most;
        }
    }

    /// <summary>All routes are known; later calls change nothing.</summary>
    public void Complete() => (_isOver, Until) = (true, MonoTime.Never);

    /// <summary>Whether the waiting ends now because it was too long; true once.</summary>
    public bool TryGiveUp(MonoTime now)
    {
        if (Until > now)
        {
            return false;
        }

        Complete();
        return true;
    }
}
