// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>A vrrp_instance while it is read: what was said, apart from what is only a default.</summary>
internal sealed record InstanceDraft
{
    public VipInstance Instance { get; init; } = new() { Priority = 0 };
    public VrrpVersion? Version { get; init; }
    public bool? Master { get; init; }
    public string AuthType { get; init; } = "";
    public Secret Password { get; init; }
    public bool NoPreempt { get; init; }
    public bool? CheckSource { get; init; }
    public bool? Strict { get; init; }
    public bool? Accept { get; init; }
    public TimeSpan? LowerDelay { get; init; }
    public int? LowerRepeat { get; init; }

    /// <summary>Where preempt, auth and version were said, for what is found out when all is read.</summary>
    public SourcePosition At { get; init; }
}

/// <summary>The keywords of vrrp_instance.</summary>
internal static class InstanceBlock
{
    private static readonly BlockTable<InstanceDraft> Authentication = new BlockTable<InstanceDraft>("authentication")
        .Take("auth_type", "", (d, e) => d with { AuthType = e.Text().ToUpperInvariant() })
        .Take("auth_pass", "password", (d, e) => d with { Password = new(e.Text()) });

    public static readonly BlockTable<InstanceDraft> Table = new BlockTable<InstanceDraft>("vrrp_instance")
        .Take("state", "startAsMaster", (d, e) => d with { Master = State(e) })
        .Take("interface", "interface", (d, e) => d.With(i => i with { Interface = e.Text() }))
        .Take("version", "vrrpVersion", (d, e) => d with { Version = (VrrpVersion)e.Number(2, 3, 2) })
        .Take("native_ipv6", "family", (d, _) => d.With(i => i with { WrittenFamily = IpFamily.IPv6 }))
        .Take("virtual_router_id", "virtualRouterId", (d, e) => d.With(i => i with { RouterId = e.Number(1, 255, 0) }))
        .Take("priority", "priority", (d, e) => d.With(i => i with { Priority = e.Number(1, 255, 100) }))
        .Take("advert_int", "advertInterval", (d, e) => d.With(i => i with { AdvertInterval = e.Seconds(255, i.AdvertInterval) }))
        .Take("down_timer_adverts", "deadAfter", (d, e) => d.With(i => i with { DeadAfter = e.Number(1, 100, i.DeadAfter) }))
        .Take("preempt", "preempt", (d, _) => d with { NoPreempt = false })
        .Take("nopreempt", "preempt", (d, _) => d with { NoPreempt = true })
        .Take("preempt_delay", "preemptDelay", (d, e) => d.With(i => i with { PreemptDelay = e.Seconds(1000, i.PreemptDelay) }))
        .Take("accept", "accept", (d, _) => d with { Accept = true })
        .Take("no_accept", "accept", (d, _) => d with { Accept = false })
        .Take("authentication", "authentication", (d, e) => Authentication.Read(e.Block(), d, e.Path, e.Problems))
        .Take("v3_checksum_as_v2", "checksum", (d, e) => d.With(i => i with { Checksum = e.Flag() ? ChecksumForm.MessageOnly : ChecksumForm.PseudoHeader }))
        .Take("mcast_src_ip", "sourceAddress", (d, e) => d.With(i => i with { SourceAddress = e.Address() ?? i.SourceAddress }))
        .Take("unicast_src_ip", "sourceAddress", (d, e) => d.With(i => i with { SourceAddress = e.Address() ?? i.SourceAddress }))
        .Take("track_src_ip", "trackSourceAddress", (d, _) => d.With(i => i with { TrackSourceAddress = true }))
        .Take("mcast_dst_ip", "multicastGroup", (d, e) => d.With(i => i with { MulticastGroup = e.Address() }))
        .Take("unicast_peer", "unicast.peers", Peers, repeats: true)
        .Take("unicast_ttl", "unicast.ttl", (d, e) => d.Unicast(u => u with { Ttl = e.Number(1, 255, u.Ttl) }))
        .Take("unicast_fault_no_peer", "unicast.faultWithoutPeers", (d, e) => d.Unicast(u => u with { FaultWithoutPeers = e.Flag() }))
        .Take("check_unicast_src", "unicast.checkSource", (d, e) => d with { CheckSource = e.Flag() })
        .Take("use_vmac", "virtualMac", UseMac)
        .Take("use_vmac_addr", "virtualMac.onAddressInterfaces", (d, _) => d.Mac(m => m with { OnAddressInterfaces = true }))
        .Take("vmac_xmit_base", "virtualMac.advertiseFromBase", (d, _) => d.Mac(m => m with { AdvertiseFromBase = true }))
        .Take("virtual_ipaddress", "addresses", (d, e) => d.With(i => i with { Addresses = AddressEntries.Read(e, i.Addresses) }), repeats: true)
        .Take("virtual_ipaddress_excluded", "excludedAddresses", (d, e) => d.With(i => i with { ExcludedAddresses = AddressEntries.Read(e, i.ExcludedAddresses) }), repeats: true)
        .Take("virtual_routes", "routes", (d, e) => d.With(i => i with { Routes = RouteEntries.Read(e, i.Routes) }), repeats: true)
        .Take("virtual_rules", "rules", (d, e) => d.With(i => i with { Rules = RuleEntries.Read(e, i.Rules) }), repeats: true)
        .Take("promote_secondaries", "promoteSecondaries", (d, _) => d.With(i => i with { PromoteSecondaries = true }))
        .Take("garp_master_delay", "announce.secondAfter", (d, e) => d.Announce(a => a with { SecondAfter = e.Seconds(86_400, a.SecondAfter) }))
        .Take("garp_master_repeat", "announce.repeat", (d, e) => d.Announce(a => a with { Repeat = Math.Max(1, e.Number(0, 1000, a.Repeat)) }))
        .Take("garp_master_refresh", "announce.refreshInterval", (d, e) => d.Announce(a => a with { RefreshInterval = e.Seconds(86_400, a.RefreshInterval) }))
        .Take("garp_master_refresh_repeat", "announce.refreshRepeat", (d, e) => d.Announce(a => a with { RefreshRepeat = Math.Max(1, e.Number(0, 1000, a.RefreshRepeat)) }))
        .Take("garp_lower_prio_delay", "announce.lowerPrioritySecondAfter", (d, e) => d with { LowerDelay = e.Seconds(86_400, default) })
        .Take("garp_lower_prio_repeat", "announce.lowerPriorityRepeat", (d, e) => d with { LowerRepeat = e.Number(0, 1000, 5) })
        .Take("garp_extra_if", "announce.otherInterfacesInterval", ExtraInterfaces)
        .Take("vmac_garp_intvl", "announce.otherInterfacesInterval", ExtraInterfaces)
        .Take("lower_prio_no_advert", "advertiseToLower", (d, e) => d.With(i => i with { AdvertiseToLower = !e.Flag() }))
        .Take("higher_prio_send_advert", "advertiseToHigher", (d, e) => d.With(i => i with { AdvertiseToHigher = e.Flag() }))
        .Take("owner_ignore_adverts", "ownerIgnoresAdverts", (d, e) => d.With(i => i with { OwnerIgnoresAdverts = e.Flag() }))
        .Take("dont_track_primary", "track.ownInterface", (d, _) => d.With(i => i with { Track = i.Track with { OwnInterface = false } }))
        .Take("strict_mode", "", (d, e) => d with { Strict = e.Flag() })
        .AddTracks(d => d.Instance.Track, (d, t) => d.With(i => i with { Track = t }))
        .AddHooks(d => d.Instance.Notify, (d, n) => d.With(i => i with { Notify = n }), instance: true)
        .Leave("is not supported: ipvlan shares the interface's hardware address, so use the interface itself, or use_vmac", "use_ipvlan")
        .Leave("is not supported: peers that enforce it drop what vipd sends; remove it on all nodes, or set its mode to receive-only there", "auth_hmac")
        .Leave("is left out: give the interface by name, its VRF follows from it", "vrf")
        .Leave("is left out: only checksums of RFC 5798 and RFC 9568 are known, not those of keepalived before 1.3.7; update such peers", "old_unicast_checksum")
        .Leave("is left out: an address list that differs is reported and never a reason to drop an advert", "skip_check_adv_addr")
        .Leave("is left out: a vipd that was not scheduled for a master-down interval always stops before it sends", "timer_expired_backup", "thread_timer_expired")
        .Leave("is left out: socket buffers are sized by what is configured", "kernel_rx_buf_size")
        .Leave("is left out: link state comes from the kernel's messages, nothing is polled", "linkbeat_use_polling")
        .Leave("is left out: IPVS is not used, and so is its connection sync", "lvs_sync_daemon_interface")
        .Leave("is left out: set the log level of vipd instead", "debug")
        .Leave("is left out: an advertisement holds at least one address (RFC 9568 5.2.5); list one under virtual_ipaddress", "no_virtual_ipaddress");

    private static InstanceDraft With(this InstanceDraft draft, Func<VipInstance, VipInstance> change) => draft with { Instance = change(draft.Instance) };

    private static InstanceDraft Announce(this InstanceDraft draft, Func<AnnounceSettings, AnnounceSettings> change) =>
        draft.With(i => i with { Announce = change(i.Announce) });

    private static InstanceDraft Unicast(this InstanceDraft draft, Func<UnicastSettings, UnicastSettings> change) =>
        draft.With(i => i with { Unicast = change(i.Unicast ?? new()) });

    private static InstanceDraft Mac(this InstanceDraft draft, Func<VirtualMac, VirtualMac> change) =>
        draft.With(i => i with { VirtualMac = change(i.VirtualMac ?? new()) });

    private static bool? State(Entry entry)
    {
        string state = entry.Text();
        if (state is not ("MASTER" or "BACKUP" or ""))
            entry.Refuse($"is \"{state}\": use MASTER or BACKUP");
        return state switch
        {
            "MASTER" => true,
            "BACKUP" => false,
            _ => null,
        };
    }

    private static InstanceDraft Peers(InstanceDraft draft, Entry entry)
    {
        List<UnicastPeer> peers = [.. draft.Instance.Unicast?.Peers ?? []];
        bool limited = false;
        foreach (Statement statement in entry.Block())
        {
            Entry line = entry.At(statement, peers.Count);
            entry.Problems.Locate(line.Path, statement.At);
            if (!IpAddr.TryParse(line.Keyword, out IpAddr address))
            {
                line.Refuse("is no address: list one peer a line");
                continue;
            }

            UnicastPeer peer = new() { Address = address };
            for (int i = 0; i < line.Words.Count; i += 2)
                if (line.Words[i] == "min_ttl")
                    peer = peer with { MinTtl = line.Number(0, 255, 0, i + 1) };
                else if (line.Words[i] == "max_ttl")
                    peer = peer with { MaxTtl = line.Number(0, 255, 255, i + 1) };
                else
                    line.Refuse($"is followed by \"{line.Words[i]}\": only min_ttl and max_ttl with a number can stand there");
            limited |= (peer.MinTtl ?? peer.MaxTtl) is not null;
            peers.Add(peer);
        }

        draft = draft.Unicast(u => u with { Peers = [.. peers] });
        return limited ? draft with { CheckSource = true } : draft;
    }

    private static InstanceDraft UseMac(InstanceDraft draft, Entry entry)
    {
        VirtualMac mac = draft.Instance.VirtualMac ?? new();
        foreach (string word in entry.Words)
        {
            if (MacAddr.TryParse(word, out MacAddr address))
                mac = mac with { Address = address };
            else if (word.Count(':') == 4 && draft.Instance.RouterId != 0 && MacAddr.TryParse($"{word}:{draft.Instance.RouterId:x2}", out address))
                mac = mac with { Address = address };
            else if (word.Contains(':', StringComparison.Ordinal))
                entry.Refuse($"has \"{word}\", which is no hardware address: write six pairs of digits such as 02:00:00:00:00:0a (five need virtual_router_id before them)");
            else
                mac = mac with { Interface = word };
        }

        return draft.Mac(_ => mac);
    }

    private static InstanceDraft ExtraInterfaces(InstanceDraft draft, Entry entry) =>
        draft.Announce(a => a with { OtherInterfacesInterval = entry.Seconds(86_400, a.OtherInterfacesInterval, entry.Words.Count > 1 ? 1 : 0) });
}
