// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Hooks;

/// <summary>What became of the calls.</summary>
/// <param name="Done">Programs that ended with status 0, webhooks that were answered with 2xx.</param>
/// <param name="Failed">All others that were tried.</param>
/// <param name="Dropped">Calls that later ones of the same subject pushed out before their turn came.</param>
internal readonly record struct HookCounts(long Done, long Failed, long Dropped);
