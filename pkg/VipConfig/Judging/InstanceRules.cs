// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Judging;

/// <summary>What must hold within one instance.</summary>
internal static class InstanceRules
{
    /// <summary>The count in an advertisement is one octet (RFC 9568 5.2.5).</summary>
    public const int MostAddresses4 = 255;

    /// <summary>What fits an Ethernet frame of 1,500 octets: (1500 - 40 - 8) / 16, less room for one option.</summary>
    public const int MostAddresses6 = 89;

    private const int OwnerPriority = 255;

    // RFC 2338 5.3.10: eight octets.
    private const int LongestPassword = 8;

    private static readonly TimeSpan LongestV3 = TimeSpan.FromMilliseconds(40_950);

    private static readonly TimeSpan LongestPreemptDelay = TimeSpan.FromSeconds(1000);

    public static void Judge(VipInstance instance, Judge judge)
    {
        judge.RefuseIf(instance.RouterId == 0, "virtualRouterId", "is missing: give the number from 1 to 255 that all nodes of this instance share");
        bool reachable = instance.Interface.Length > 0 || instance is { Unicast.Peers.Count: > 0, SourceAddress: not null };
        judge.RefuseIf(!reachable, "interface", "is missing: name the interface advertisements use (it may be left out only with unicast peers and a sourceAddress)");
        judge.Interface(instance.Interface, "interface");
        Version(instance, judge);
        Preemption(instance, judge);
        Sources(instance, judge);
        Addresses(instance, judge);
        AddressRules.Routes(instance.Routes, "routes", judge);
        AddressRules.Rules(instance.Rules, "rules", judge);
        VirtualMacOf(instance, judge);
    }

    private static void Version(VipInstance instance, Judge judge)
    {
        bool two = instance.Version == VrrpVersion.V2;
        TimeSpan interval = instance.AdvertInterval;
        string written = DurationText.Write(interval);
        judge.RefuseIf(two && instance.Family == IpFamily.IPv6, "vrrpVersion", "is 2, which knows IPv4 only (RFC 3768): use 3 for IPv6");
        judge.RefuseIf(two && (interval < TimeSpan.FromSeconds(1) || interval > TimeSpan.FromSeconds(255) || interval.Ticks % TimeSpan.TicksPerSecond != 0),
            "advertInterval", $"is {written}, and version 2 counts whole seconds from 1 to 255: change it, or use vrrpVersion 3");
        judge.RefuseIf(!two && (interval <= TimeSpan.Zero || interval > LongestV3 || interval.Ticks % (10 * TimeSpan.TicksPerMillisecond) != 0),
            "advertInterval", $"is {written}, and version 3 counts steps of 10ms from 10ms to 40.95s: change it");
        if (instance.Authentication is not { } authentication)
            return;
        judge.RefuseIf(!two, "authentication", "is set, and version 3 has none (RFC 5798 1.2): remove it, or use vrrpVersion 2 while peers need it");
        judge.RefuseIf(!authentication.Password.IsSet, "authentication.password", "is missing: give up to eight characters, or remove authentication");
        judge.WarnIf(Encoding.UTF8.GetByteCount(authentication.Password.Reveal()) > LongestPassword, "authentication.password",
            "is longer than the eight octets a packet holds, and the rest does not count: shorten it");
    }

    private static void Preemption(VipInstance instance, Judge judge)
    {
        judge.RefuseIf(instance.Priority == OwnerPriority && !instance.Preempt, "preempt",
            "is false, and the address owner (priority 255) always preempts (RFC 9568 6.1): set it to true, or lower the priority");
        judge.WarnIf(instance is { StartAsMaster: true, Preempt: false }, "startAsMaster",
            "is true although preempt is false: the node waits for others all the same; remove startAsMaster");
        judge.RefuseIf(instance.PreemptDelay > LongestPreemptDelay, "preemptDelay", $"is {DurationText.Write(instance.PreemptDelay)}: use at most 1000s");
        judge.WarnIf(instance.PreemptDelay > TimeSpan.Zero && !instance.Preempt, "preemptDelay", "is without effect while preempt is false: remove one of the two");
        judge.WarnIf(instance.OwnerIgnoresAdverts && instance.Priority != OwnerPriority, "ownerIgnoresAdverts",
            $"is without effect with priority {instance.Priority}: only the address owner (255) may ignore others");
    }

    private static void Sources(VipInstance instance, Judge judge)
    {
        judge.Family(instance.SourceAddress, instance.Family, "sourceAddress");
        judge.WarnIf(instance.TrackSourceAddress && instance.SourceAddress is null, "trackSourceAddress", "is without effect without a sourceAddress: give one or remove it");
        judge.Family(instance.MulticastGroup, instance.Family, "multicastGroup");
        judge.RefuseIf(instance.MulticastGroup is { IsMulticast: false }, "multicastGroup", $"is {instance.MulticastGroup}, which is no group: remove it to use the one of the RFC");
        if (instance.Unicast is not { } unicast)
            return;
        judge.WarnIf(instance.MulticastGroup is not null && unicast.Peers.Count > 0, "multicastGroup", "is without effect with unicast peers: remove it");
        judge.WarnIf(unicast.Peers.Count == 0 && !unicast.FaultWithoutPeers, "unicast.peers", "is empty, so advertisements are multicast: list the peers, or remove unicast");
        judge.RefuseIf(unicast.Ttl is < 1 or > 255, "unicast.ttl", $"is {unicast.Ttl}: use 1 to 255");
        HashSet<IpAddr> seen = [];
        for (int i = 0; i < unicast.Peers.Count; i++)
        {
            UnicastPeer peer = unicast.Peers[i];
            Judge place = judge.At("unicast.peers", i);
            place.RefuseIf(peer.Address.IsUnspecified || peer.Address.IsMulticast, "address", $"is {peer.Address}, which is no host's address: give the peer's own");
            place.Family(peer.Address, instance.Family, "address");
            place.RefuseIf(!seen.Add(peer.Address), "address", $"is {peer.Address}, which is there twice: remove one");
            place.RefuseIf(peer.Address == instance.SourceAddress, "address", $"is {peer.Address}, this node's own sourceAddress: list the other nodes only");
            place.RefuseIf(peer.MinTtl > peer.MaxTtl, "minTtl", $"is {peer.MinTtl} and above maxTtl {peer.MaxTtl}, so nothing would be heard: swap them");
            place.WarnIf(!unicast.CheckSource && (peer.MinTtl ?? peer.MaxTtl) is not null, "minTtl", "means the source is checked after all: set checkSource to true");
        }
    }

    private static void Addresses(VipInstance instance, Judge judge)
    {
        bool four = instance.Family == IpFamily.IPv4;
        int most = four ? MostAddresses4 : MostAddresses6;
        judge.RefuseIf(instance.Addresses.Count == 0, "addresses",
            "is empty, and an advertisement holds at least one address (RFC 9568 5.2.5): list the addresses the master holds");
        judge.RefuseIf(instance.Addresses.Count > most, "addresses",
            $"has {instance.Addresses.Count} entries, and an advertisement holds {most}: move the others to excludedAddresses, which the master holds as well");
        judge.WarnIf(!four && instance.Unicast is null && instance.Addresses.Count > 0 && !instance.Addresses[0].Address.Address.IsLinkLocal, "addresses",
            "does not begin with a link-local address, which the RFC asks for (9568 5.2.9) and strict peers check: put one first, the same on all nodes");
        for (int i = 0; i < instance.Addresses.Count; i++)
        {
            Judge place = judge.At("addresses", i);
            AddressRules.Judge(instance.Addresses[i], place, needsDevice: instance.Interface.Length == 0);
            if (instance.Addresses[i].Address.Address.Family != instance.Family)
                place.Refuse("", $"is {instance.Addresses[i].Address}, of the other family than the instance: move it to excludedAddresses, or make an instance for it");
        }

        for (int i = 0; i < instance.ExcludedAddresses.Count; i++)
            AddressRules.Judge(instance.ExcludedAddresses[i], judge.At("excludedAddresses", i), needsDevice: instance.Interface.Length == 0);
    }

    private static void VirtualMacOf(VipInstance instance, Judge judge)
    {
        if (instance.VirtualMac is not { } mac)
        {
            return;
        }

        judge.Interface(mac.Interface, "virtualMac.interface");
        judge.RefuseIf(instance.Interface.Length == 0, "virtualMac", "needs an interface to stand on: name it in interface");
        judge.RefuseIf(mac.Address is { IsMulticast: true } or { IsZero: true }, "virtualMac.address", $"is {mac.Address}, which no interface can have: give a unicast address or remove it");
        judge.RefuseIf(instance.Unicast is { Peers.Count: > 0 } && !mac.AdvertiseFromBase, "virtualMac.advertiseFromBase",
            "is false, and unicast peers answer to the interface's own address: set it to true");
    }
}
