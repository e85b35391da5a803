// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Holding;

/// <summary>An address and the name of the interface it goes to.</summary>
internal sealed record PlannedAddress(VirtualAddress Address, string Device);

/// <summary>A macvlan device: its name, the interface below it, its hardware address.</summary>
internal sealed record PlannedMacvlan(string Name, string Lower, MacAddr Mac);

/// <summary>What the master of an instance holds, by names of interfaces; the kernel's indices are looked up when it is done.</summary>
internal sealed record HoldingPlan
{
    public required string Name { get; init; }

    public ValueList<PlannedAddress> Addresses { get; init; }

    public ValueList<PlannedMacvlan> Macvlans { get; init; }

    public ValueList<VirtualRoute> Routes { get; init; }

    public ValueList<VirtualRule> Rules { get; init; }

    public bool PromoteSecondaries { get; init; }

    /// <summary>The node owns the addresses (priority 255): they may be there by themselves.</summary>
    public bool IsOwner { get; init; }

    /// <summary>The interface that advertisements leave from, where that is not the instance's own.</summary>
    public string AdvertisingDevice { get; init; } = "";

    public static HoldingPlan Of(VipInstance instance)
    {
        List<PlannedMacvlan> macvlans = [];
        ValueList<PlannedAddress> addresses =
            [.. instance.Addresses.Concat(instance.ExcludedAddresses).Select(a => new PlannedAddress(a, Place(instance, a, macvlans)))];
        string advertising = "";
        if (instance.VirtualMac is { } mac)
        {
            string own = Macvlan(instance, instance.Interface, macvlans);
            advertising = mac.AdvertiseFromBase ? "" : own;
        }

        return new()
        {
            Name = instance.Name,
            Addresses = addresses,
            Macvlans = [.. macvlans],
            Routes = instance.Routes,
            Rules = instance.Rules,
            PromoteSecondaries = instance.PromoteSecondaries,
            IsOwner = instance.Priority == VrrpWire.OwnerPriority,
            AdvertisingDevice = advertising,
        };
    }

    private static string Place(VipInstance instance, VirtualAddress address, List<PlannedMacvlan> macvlans)
    {
        string device = address.Device.Length > 0 ? address.Device : instance.Interface;
        bool own = device == instance.Interface;
        bool onMacvlan = address.UseVirtualMac
            || instance.VirtualMac is { } mac && (own ? address.Device.Length == 0 || mac.OnAddressInterfaces : mac.OnAddressInterfaces && device != mac.Interface);
        return onMacvlan ? Macvlan(instance, device, macvlans) : device;
    }

    // One device for each interface below: vrrp.51, vrrp6.51 for IPv6, and with the interface's number in the list from the second on.
    private static string Macvlan(VipInstance instance, string lower, List<PlannedMacvlan> macvlans)
    {
        if (macvlans.Find(m => m.Lower == lower) is { } there)
        {
            return there.Name;
        }

        string prefix = instance.Family == IpFamily.IPv4 ? "vrrp" : "vrrp6";
        bool own = lower == instance.Interface;
        string name = own && instance.VirtualMac is { Interface.Length: > 0 } named ? named.Interface
            : own ? $"{prefix}.{instance.RouterId}"
            : $"{prefix}.{instance.RouterId}.{macvlans.Count + 1}";
        MacAddr mac = instance.VirtualMac?.Address ?? VrrpWire.VirtualMac(instance.Family, (byte)instance.RouterId);
        macvlans.Add(new(name, lower, mac));
        return name;
    }
}
