// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>What is known of one tracked object; told from any thread.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="State">Whether it is well.</param>
/// <param name="Value">The number in a file; null for everything else.</param>
/// <param name="Detail">Words for the status, such as "exit status 1".</param>
internal readonly record struct TrackReport(TrackedKind Kind, string Name, TrackState State, int? Value, string Detail);
