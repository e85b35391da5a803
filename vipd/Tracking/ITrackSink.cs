// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Tracking;

/// <summary>Takes what becomes known of tracked objects.</summary>
internal interface ITrackSink
{
    /// <summary>Takes a report, from any thread; never blocks.</summary>
    void Take(TrackReport report);
}
