// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Plane;

/// <summary>A sync group on the protocol thread.</summary>
internal sealed class PlaneGroup(SyncGroup settings)
{
    public SyncGroup Settings { get; } = settings;

    public Vrrp.Groups.SyncGroup Machine { get; } = new(settings.Members.Count);

    public PlaneInstance?[] Members { get; } = new PlaneInstance?[settings.Members.Count];

    /// <summary>What was told last: master, backup or fault.</summary>
    public NotifyEvent? Told { get; set; }
}
