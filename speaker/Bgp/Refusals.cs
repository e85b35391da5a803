// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Why a connection was closed unread.</summary>
internal enum Refusal
{
    /// <summary>No BGPPeer has that address.</summary>
    Stranger = 0,

    /// <summary>All places of the prefix are taken.</summary>
    Full = 1,

    /// <summary>There must be no session for now: the peer's condition says why.</summary>
    Hindered = 2,
}

/// <summary>Counts connections that were refused, and tells of them in lines few enough that a flood does not fill the log.</summary>
internal sealed class Refusals(ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly long[] _counts = new long[Enum.GetValues<Refusal>().Length];
    private readonly long[] _untold = new long[Enum.GetValues<Refusal>().Length];
    private readonly MonoTime[] _quietUntil = new MonoTime[Enum.GetValues<Refusal>().Length];

    /// <summary>How many were refused for a reason; may be read on any thread.</summary>
    public long Count(Refusal refusal) => Interlocked.Read(ref _counts[(int)refusal]);

    /// <summary>Takes one more.</summary>
    public void Add(Refusal refusal, string remote, string why, MonoTime now)
    {
        int index = (int)refusal;
        Interlocked.Increment(ref _counts[index]);
        if (now < _quietUntil[index])
        {
            _untold[index]++;
            return;
        }

        Log.ConnectionUnread(logger, remote, why, _untold[index]);
        (_untold[index], _quietUntil[index]) = (0, now + Pause);
    }
}
