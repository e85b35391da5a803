// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Forwarding;

/// <summary>What changed of a quorum.</summary>
internal enum QuorumChange : byte
{
    None,
    Gained,
    Lost,
}

/// <summary>
/// Whether enough weight of a virtual server is up. It is gained with the quorum and the hysteresis, and lost below the quorum
/// less the hysteresis, or with nothing up at all; at first the quorum alone is enough.
/// </summary>
internal struct Quorum
{
    private bool _judged;

    public bool IsReached { get; private set; }

    /// <summary>Takes the weight that is up now.</summary>
    public QuorumChange Judge(long weight, int quorum, int hysteresis)
    {
        bool isFirst = !_judged;
        _judged = true;
        if (!IsReached && weight > 0 && weight >= (long)quorum + (isFirst ? 0 : hysteresis))
        {
            IsReached = true;
            return QuorumChange.Gained;
        }

        bool isLost = weight <= 0 || weight < (long)quorum - hysteresis;
        if (isLost && (IsReached || isFirst))
        {
            IsReached = false;
            return QuorumChange.Lost;
        }

        return QuorumChange.None;
    }
}
