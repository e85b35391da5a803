// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp.Tracking;

/// <summary>
/// What something tracked means for an instance, as keepalived has it. Weight 0: its failure is a fault. A positive weight is
/// added while it is up, a negative one (so: subtracted) while it is down. Reversed, up and down change places.
/// </summary>
/// <param name="Weight">From -253 to 253.</param>
/// <param name="Reverse">Its failure is what is wished for.</param>
public readonly record struct TrackWeight(short Weight, bool Reverse = false)
{
    /// <summary>The furthest a weight can be from zero.</summary>
    public const short Limit = 253;
}
