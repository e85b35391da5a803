// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Nftables;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Health;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>What all checks of a server amount to.</summary>
/// <param name="IsUp">Whether all of them are up.</param>
/// <param name="Weight">What it weighs by its configuration, scripts and files.</param>
internal readonly record struct ServerHealth(bool IsUp, int Weight)
{
    /// <summary>What counts for a quorum.</summary>
    public int LiveWeight => IsUp ? Weight : 0;

    /// <summary>Puts verdicts together. Scripts replace the weight, the last one wins; files add to it.</summary>
    public static ServerHealth Of(RealServer server, IEnumerable<HealthVerdict> verdicts)
    {
        (bool isUp, long weight, long change) = (true, server.Weight, 0);
        foreach (HealthVerdict verdict in verdicts)
        {
            isUp &= verdict.IsUp;
            weight = verdict.Weight ?? weight;
            change += verdict.WeightChange;
        }

        return new(isUp, (int)Math.Clamp(weight + change, 0, ForwardEndpoint.MaxWeight));
    }
}
