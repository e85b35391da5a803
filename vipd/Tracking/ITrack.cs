// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>Everything of one kind that is tracked; lives on the tracking thread.</summary>
internal interface ITrack
{
    /// <summary>Starts, stops and changes what differs, and leaves alone what does not.</summary>
    void Apply(VipConfiguration configuration, MonoTime now);

    /// <summary>Does what is due; returns when to be called again at the latest.</summary>
    MonoTime Settle(MonoTime now);
}
