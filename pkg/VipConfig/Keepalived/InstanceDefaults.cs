// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>What global_defs says for every instance that does not say it itself.</summary>
internal sealed record InstanceDefaults
{
    /// <summary>keepalived speaks version 2 unless told otherwise.</summary>
    public VrrpVersion Version { get; init; } = VrrpVersion.V2;
    public AnnounceSettings Announce { get; init; } = new();

    /// <summary>The delay after lower adverts, where it was given; otherwise it is the delay as master.</summary>
    public TimeSpan? LowerPrioritySecondAfter { get; init; }
    public int? LowerPriorityRepeat { get; init; }
    public int DeadAfter { get; init; } = 3;
    public bool AdvertiseToLower { get; init; } = true;
    public bool AdvertiseToHigher { get; init; }
    public bool OwnerIgnoresAdverts { get; init; }
    public bool CheckUnicastSource { get; init; }
    public bool FaultWithoutPeers { get; init; }
    public bool MessageOnlyChecksum { get; init; }
    public bool Strict { get; init; }

    /// <summary>Where addresses go that name no device.</summary>
    public string Interface { get; init; } = "eth0";
}
