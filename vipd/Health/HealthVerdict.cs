// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Health;

/// <summary>What one check holds of one server.</summary>
/// <param name="IsUp">Whether it works.</param>
/// <param name="Words">What was seen last, for people: "connection refused", "status 503, wanted 200-299".</param>
/// <param name="Weight">The weight a script asks for; null for the configured one.</param>
/// <param name="WeightChange">What a tracked file adds to the weight.</param>
internal readonly record struct HealthVerdict(bool IsUp, string Words, int? Weight = null, int WeightChange = 0)
{
    /// <summary>Whether another verdict has the same effect, whatever its words.</summary>
    public bool MeansTheSame(HealthVerdict other) => IsUp == other.IsUp && Weight == other.Weight && WeightChange == other.WeightChange;
}
