// SPDX-License-Identifier: Apache-2.0
using static LoadBalancer.VipConfig.Yaml.Words;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>Keys of an instance and of what it watches.</summary>
internal static class InstanceSchemas
{
    private static readonly Codec<int> Weight = Number(-254, 254);

    private static readonly Codec<int> Count = Number(0, 1000);

    private static readonly Schema<TrackReference> Reference = new Schema<TrackReference>(new(), "what is tracked")
        .Add("name", Text, r => r.Name, (r, v) => r with { Name = v })
        .Add("weight", Optional(Weight), r => r.Weight, (r, v) => r with { Weight = v })
        .Add("reverse", Optional(Flag), r => r.Reverse, (r, v) => r with { Reverse = v })
        .Shorthand("name");

    private static readonly Codec<ValueList<TrackReference>> References = List(Reference);

    public static readonly Schema<TrackSettings> Track = new Schema<TrackSettings>(new(), "what is tracked")
        .Add("ownInterface", Flag, t => t.OwnInterface, (t, v) => t with { OwnInterface = v })
        .Add("interfaces", References, t => t.Interfaces, (t, v) => t with { Interfaces = v })
        .Add("scripts", References, t => t.Scripts, (t, v) => t with { Scripts = v })
        .Add("processes", References, t => t.Processes, (t, v) => t with { Processes = v })
        .Add("files", References, t => t.Files, (t, v) => t with { Files = v })
        .Add("routes", References, t => t.Routes, (t, v) => t with { Routes = v })
        .Add("services", References, t => t.Services, (t, v) => t with { Services = v })
        .Add("bfdPeers", References, t => t.BfdPeers, (t, v) => t with { BfdPeers = v });

    private static readonly Schema<VrrpAuthentication> Authentication = new Schema<VrrpAuthentication>(new(), "authentication")
        .Add("password", Password, a => a.Password, (a, v) => a with { Password = v });

    private static readonly Schema<UnicastPeer> Peer = new Schema<UnicastPeer>(new(), "a peer")
        .Add("address", Address, p => p.Address, (p, v) => p with { Address = v })
        .Add("minTtl", Optional(Number(0, 255)), p => p.MinTtl, (p, v) => p with { MinTtl = v })
        .Add("maxTtl", Optional(Number(0, 255)), p => p.MaxTtl, (p, v) => p with { MaxTtl = v })
        .Shorthand("address");

    private static readonly Schema<UnicastSettings> Unicast = new Schema<UnicastSettings>(new(), "unicast")
        .Add("peers", List(Peer), u => u.Peers, (u, v) => u with { Peers = v })
        .Add("ttl", Number(1, 255), u => u.Ttl, (u, v) => u with { Ttl = v })
        .Add("checkSource", Flag, u => u.CheckSource, (u, v) => u with { CheckSource = v })
        .Add("faultWithoutPeers", Flag, u => u.FaultWithoutPeers, (u, v) => u with { FaultWithoutPeers = v });

    private static readonly Schema<VirtualMac> VirtualMac = new Schema<VirtualMac>(new(), "the virtual MAC")
        .Add("interface", Text, m => m.Interface, (m, v) => m with { Interface = v })
        .Add("address", Optional(Mac), m => m.Address, (m, v) => m with { Address = v })
        .Add("advertiseFromBase", Flag, m => m.AdvertiseFromBase, (m, v) => m with { AdvertiseFromBase = v })
        .Add("onAddressInterfaces", Flag, m => m.OnAddressInterfaces, (m, v) => m with { OnAddressInterfaces = v });

    private static readonly Schema<AnnounceSettings> Announce = new Schema<AnnounceSettings>(new(), "announcements")
        .Add("repeat", Count, a => a.Repeat, (a, v) => a with { Repeat = v })
        .Add("secondAfter", Duration, a => a.SecondAfter, (a, v) => a with { SecondAfter = v })
        .Add("refreshInterval", Duration, a => a.RefreshInterval, (a, v) => a with { RefreshInterval = v })
        .Add("refreshRepeat", Count, a => a.RefreshRepeat, (a, v) => a with { RefreshRepeat = v })
        .Add("lowerPrioritySecondAfter", Duration, a => a.LowerPrioritySecondAfter, (a, v) => a with { LowerPrioritySecondAfter = v })
        .Add("lowerPriorityRepeat", Count, a => a.LowerPriorityRepeat, (a, v) => a with { LowerPriorityRepeat = v })
        .Add("otherInterfacesInterval", Duration, a => a.OtherInterfacesInterval, (a, v) => a with { OtherInterfacesInterval = v });

    public static readonly Schema<VipInstance> Instance = new Schema<VipInstance>(new(), "an instance")
        .Add("interface", Text, i => i.Interface, (i, v) => i with { Interface = v }, restarts: true)
        .Add("vrrpVersion", ProtocolVersion, i => i.Version, (i, v) => i with { Version = v }, restarts: true)
        .Add("family", Optional(Family), i => i.WrittenFamily, (i, v) => i with { WrittenFamily = v })
        .Add("virtualRouterId", Number(1, 255), i => i.RouterId, (i, v) => i with { RouterId = v }, restarts: true)
        .Add("priority", Number(1, 255), i => i.Priority, (i, v) => i with { Priority = v })
        .Add("startAsMaster", Flag, i => i.StartAsMaster, (i, v) => i with { StartAsMaster = v })
        .Add("advertInterval", Duration, i => i.AdvertInterval, (i, v) => i with { AdvertInterval = v })
        .Add("deadAfter", Number(1, 100), i => i.DeadAfter, (i, v) => i with { DeadAfter = v })
        .Add("preempt", Flag, i => i.Preempt, (i, v) => i with { Preempt = v })
        .Add("preemptDelay", Duration, i => i.PreemptDelay, (i, v) => i with { PreemptDelay = v })
        .Add("accept", Flag, i => i.Accept, (i, v) => i with { Accept = v })
        .Add("authentication", new OptionalObjectCodec<VrrpAuthentication>(Authentication), i => i.Authentication, (i, v) => i with { Authentication = v })
        .Add("checksum", Member<ChecksumForm>(), i => i.Checksum, (i, v) => i with { Checksum = v })
        .Add("sourceAddress", Optional(Address), i => i.SourceAddress, (i, v) => i with { SourceAddress = v }, restarts: true)
        .Add("trackSourceAddress", Flag, i => i.TrackSourceAddress, (i, v) => i with { TrackSourceAddress = v })
        .Add("multicastGroup", Optional(Address), i => i.MulticastGroup, (i, v) => i with { MulticastGroup = v }, restarts: true)
        .Add("checkSubnet", Flag, i => i.CheckSubnet, (i, v) => i with { CheckSubnet = v })
        .Add("unicast", new OptionalObjectCodec<UnicastSettings>(Unicast), i => i.Unicast, (i, v) => i with { Unicast = v })
        .Add("virtualMac", new OptionalObjectCodec<VirtualMac>(VirtualMac), i => i.VirtualMac, (i, v) => i with { VirtualMac = v }, restarts: true)
        .Add("addresses", Schemas.Addresses, i => i.Addresses, (i, v) => i with { Addresses = v })
        .Add("excludedAddresses", Schemas.Addresses, i => i.ExcludedAddresses, (i, v) => i with { ExcludedAddresses = v })
        .Add("routes", Schemas.Routes, i => i.Routes, (i, v) => i with { Routes = v })
        .Add("rules", Schemas.Rules, i => i.Rules, (i, v) => i with { Rules = v })
        .Add("promoteSecondaries", Flag, i => i.PromoteSecondaries, (i, v) => i with { PromoteSecondaries = v })
        .Add("announce", Announce, i => i.Announce, (i, v) => i with { Announce = v })
        .Add("advertiseToLower", Flag, i => i.AdvertiseToLower, (i, v) => i with { AdvertiseToLower = v })
        .Add("advertiseToHigher", Flag, i => i.AdvertiseToHigher, (i, v) => i with { AdvertiseToHigher = v })
        .Add("ownerIgnoresAdverts", Flag, i => i.OwnerIgnoresAdverts, (i, v) => i with { OwnerIgnoresAdverts = v })
        .Add("track", Track, i => i.Track, (i, v) => i with { Track = v })
        .Add("notify", Schemas.Hooks, i => i.Notify, (i, v) => i with { Notify = v });
}
