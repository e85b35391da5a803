// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig.Judging;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>What keepalived makes of an instance once all its lines are read: defaults, and the settings it changes by itself.</summary>
internal static class InstanceFinish
{
    private const int OwnerPriority = 255;

    // keepalived 2.2 sets no hop limit of its own on IPv6 unicast, so its advertisements leave with the kernel's.
    private const int KernelHopLimit = 64;

    public static VipInstance Finish(InstanceDraft draft, InstanceDefaults defaults, Entry entry)
    {
        VipInstance instance = draft.Instance;
        bool strict = draft.Strict ?? defaults.Strict;
        bool master = draft.Master ?? (instance.Priority == OwnerPriority);
        if (instance.Priority == 0)
        {
            instance = instance with { Priority = master ? OwnerPriority : 100 };
            if (master)
                entry.Warn($"{instance.Name} is MASTER and has no priority, so keepalived takes it for the address owner with 255: give it a priority");
        }

        instance = instance with { StartAsMaster = master, Version = Version(draft, instance, defaults, entry), Accept = draft.Accept ?? true };
        if (instance.Unicast is { Peers.Count: > 0 } unicast)
        {
            // A least hop limit belongs to a peer: with one, only peers are believed.
            bool check = (draft.CheckSource ?? defaults.CheckUnicastSource) || instance.Family == IpFamily.IPv6;
            if (!check)
                entry.Warn($"{instance.Name} believes any sender, as keepalived does unless told otherwise: add check_unicast_src (unicast.checkSource: true)");
            instance = instance with { Unicast = unicast with { CheckSource = check, Peers = [.. Heard(unicast, instance.Family)] } };
        }

        instance = Interval(instance, entry);
        instance = Preemption(instance, draft, entry);
        instance = Authentication(instance, draft, strict, entry);
        instance = Announcements(instance, draft, defaults);
        instance = Macs(instance, entry);
        instance = Overflow(instance, entry);
        instance = Devices(instance, defaults);
        return strict ? Strict(instance, draft, entry) : instance;
    }

    private static IEnumerable<UnicastPeer> Heard(UnicastSettings unicast, IpFamily family)
    {
        foreach (UnicastPeer peer in unicast.Peers)
            yield return family == IpFamily.IPv6 && peer.MinTtl is null ? peer with { MinTtl = KernelHopLimit } : peer;
    }

    private static VrrpVersion Version(InstanceDraft draft, VipInstance instance, InstanceDefaults defaults, Entry entry)
    {
        bool six = instance.Family == IpFamily.IPv6;
        if (six && draft.Version == VrrpVersion.V2)
            entry.Warn($"{instance.Name} has version 2 with IPv6 addresses: version 3 is used, the only one for IPv6");
        return six ? VrrpVersion.V3 : draft.Version ?? defaults.Version;
    }

    private static VipInstance Interval(VipInstance instance, Entry entry)
    {
        bool two = instance.Version == VrrpVersion.V2;
        long unit = two ? TimeSpan.TicksPerSecond : 10 * TimeSpan.TicksPerMillisecond, most = two ? 255 : 4095;
        long units = Math.Clamp((instance.AdvertInterval.Ticks + (unit / 2)) / unit, 1, most);
        TimeSpan rounded = new(units * unit);
        if (rounded == instance.AdvertInterval)
            return instance;
        entry.Warn($"{instance.Name} has advert_int {instance.AdvertInterval.TotalSeconds:0.######}, and version {(int)instance.Version} counts in steps of {DurationText.Write(new(unit))} "
            + $"up to {DurationText.Write(new(unit * most))}: {DurationText.Write(rounded)} is used, as keepalived does; correct it on all nodes");
        return instance with { AdvertInterval = rounded };
    }

    private static VipInstance Preemption(VipInstance instance, InstanceDraft draft, Entry entry)
    {
        bool keep = draft.NoPreempt;
        if (keep && (instance.Priority == OwnerPriority || instance.StartAsMaster))
        {
            entry.Warn(instance.Priority == OwnerPriority
                ? $"{instance.Name} has nopreempt, and priority 255 always preempts: nopreempt is dropped, as keepalived does"
                : $"{instance.Name} has nopreempt with state MASTER, which keepalived does not combine: nopreempt is dropped; write state BACKUP to keep it");
            keep = false;
        }

        if (instance.PreemptDelay > TimeSpan.Zero && (keep || instance.StartAsMaster))
        {
            entry.Warn($"{instance.Name} has preempt_delay with {(keep ? "nopreempt" : "state MASTER")}: the delay is dropped, as keepalived does; remove one of the two");
            instance = instance with { PreemptDelay = TimeSpan.Zero };
        }

        return instance with { Preempt = !keep };
    }

    private static VipInstance Authentication(VipInstance instance, InstanceDraft draft, bool strict, Entry entry)
    {
        if (draft.AuthType.Length == 0 && !draft.Password.IsSet)
            return instance;
        if (instance.Version == VrrpVersion.V3 || strict)
        {
            entry.Ignore($"{instance.Name} has authentication, which {(strict ? "strict mode" : "version 3")} knows nothing of: it is dropped, as keepalived does; remove it on all nodes");
            return instance;
        }

        if (draft.AuthType is "AH")
            entry.Refuse($"{instance.Name} has auth_type AH, which is not supported: use PASS on all nodes, or none");
        else if (draft.AuthType is not ("PASS" or ""))
            entry.Refuse($"{instance.Name} has an auth_type that does not exist: use PASS");
        else if (draft.AuthType.Length == 0)
            entry.Ignore($"{instance.Name} has auth_pass without auth_type, so keepalived sends no password: add auth_type PASS, or remove it");
        else
            return instance with { Authentication = new() { Password = draft.Password } };
        return instance;
    }

    private static VipInstance Announcements(VipInstance instance, InstanceDraft draft, InstanceDefaults defaults)
    {
        // Only what differs from its own default was said in the instance: keepalived's two defaults are the same.
        AnnounceSettings standard = new(), own = instance.Announce, global = defaults.Announce;
        AnnounceSettings merged = new()
        {
            Repeat = own.Repeat == standard.Repeat ? global.Repeat : own.Repeat,
            SecondAfter = own.SecondAfter == standard.SecondAfter ? global.SecondAfter : own.SecondAfter,
            RefreshInterval = own.RefreshInterval == standard.RefreshInterval ? global.RefreshInterval : own.RefreshInterval,
            RefreshRepeat = own.RefreshRepeat == standard.RefreshRepeat ? global.RefreshRepeat : own.RefreshRepeat,
            OtherInterfacesInterval = own.OtherInterfacesInterval == standard.OtherInterfacesInterval ? global.OtherInterfacesInterval : own.OtherInterfacesInterval,
        };
        return instance with
        {
            Announce = merged with
            {
                LowerPrioritySecondAfter = draft.LowerDelay ?? defaults.LowerPrioritySecondAfter ?? merged.SecondAfter,
                LowerPriorityRepeat = draft.LowerRepeat ?? defaults.LowerPriorityRepeat ?? merged.Repeat,
            },
            DeadAfter = instance.DeadAfter == 3 ? defaults.DeadAfter : instance.DeadAfter,
            AdvertiseToLower = instance.AdvertiseToLower && defaults.AdvertiseToLower,
            AdvertiseToHigher = instance.AdvertiseToHigher || defaults.AdvertiseToHigher,
            OwnerIgnoresAdverts = (instance.OwnerIgnoresAdverts || defaults.OwnerIgnoresAdverts) && instance.Priority == OwnerPriority,
            Checksum = instance.Checksum == ChecksumForm.PseudoHeader && defaults.MessageOnlyChecksum ? ChecksumForm.MessageOnly : instance.Checksum,
            Unicast = instance.Unicast is { } unicast && defaults.FaultWithoutPeers ? unicast with { FaultWithoutPeers = true } : instance.Unicast,
        };
    }

    private static VipInstance Macs(VipInstance instance, Entry entry)
    {
        if (instance is not { VirtualMac: { AdvertiseFromBase: false } mac, Unicast.Peers.Count: > 0 })
            return instance;
        entry.Warn($"{instance.Name} has use_vmac with unicast peers, which needs vmac_xmit_base: it is set, as keepalived does; add it");
        return instance with { VirtualMac = mac with { AdvertiseFromBase = true } };
    }

    private static VipInstance Overflow(VipInstance instance, Entry entry)
    {
        int most = instance.Family == IpFamily.IPv4 ? InstanceRules.MostAddresses4 : InstanceRules.MostAddresses6;
        List<VirtualAddress> advertised = [], excluded = [];
        foreach (VirtualAddress address in instance.Addresses)
            (advertised.Count < most && address.Address.Address.Family == instance.Family ? advertised : excluded).Add(address);
        if (excluded.Count == 0)
            return instance;
        entry.Warn(instance.Addresses.Count > most
            ? $"{instance.Name} has {instance.Addresses.Count} addresses, and an advertisement holds {most}: the last {excluded.Count} are held without being advertised; move them to virtual_ipaddress_excluded on all nodes"
            : $"{instance.Name} has addresses of both families: keepalived leaves those of the other one out, here these {excluded.Count} are held without being advertised; move them to virtual_ipaddress_excluded on all nodes");
        return instance with { Addresses = [.. advertised], ExcludedAddresses = [.. excluded, .. instance.ExcludedAddresses] };
    }

    private static VipInstance Devices(VipInstance instance, InstanceDefaults defaults) => instance.Interface.Length > 0 ? instance : instance with
    {
        Addresses = WithDevice(instance.Addresses, defaults.Interface),
        ExcludedAddresses = WithDevice(instance.ExcludedAddresses, defaults.Interface),
    };

    public static ValueList<VirtualAddress> WithDevice(ValueList<VirtualAddress> addresses, string device)
    {
        List<VirtualAddress> changed = new(addresses.Count);
        foreach (VirtualAddress address in addresses)
            changed.Add(address.Device.Length > 0 ? address : address with { Device = device });
        return [.. changed];
    }

    // Only version 3 knows of a master that accepts without owning the addresses (RFC 9568 6.1), and strict asks that it be said.
    private static VipInstance Strict(VipInstance instance, InstanceDraft draft, Entry entry)
    {
        bool accept = draft.Accept == true && instance.Version == VrrpVersion.V3;
        if (!accept && draft.Accept != false)
            entry.Warn($"{instance.Name} is strict, so packets to its addresses are not accepted unless priority is 255: {(instance.Version == VrrpVersion.V3 ? "add accept" : "use version 3 with accept")}, or remove strict_mode and vrrp_strict, to let services listen on them");
        return instance with
        {
            Accept = accept,
            AdvertiseToLower = false,
            AdvertiseToHigher = false,
            PreemptDelay = TimeSpan.Zero,
            DeadAfter = 3,
            StartAsMaster = instance.Priority == OwnerPriority,
        };
    }
}
