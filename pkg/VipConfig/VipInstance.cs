// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig;

/// <summary>Version of VRRP on the wire; the value is the one in the packet.</summary>
public enum VrrpVersion
{
    /// <summary>RFC 3768, IPv4 only.</summary>
    V2 = 2,

    /// <summary>RFC 5798 and 9568.</summary>
    V3 = 3,
}

/// <summary>What a version 3 advertisement over IPv4 is summed over: RFC 5798 and RFC 9568 disagree (5.2.8 of each).</summary>
public enum ChecksumForm
{
    /// <summary>With a pseudo-header, as keepalived and FRR do by default.</summary>
    PseudoHeader,

    /// <summary>The message alone (RFC 9568 5.2.8).</summary>
    MessageOnly,

    /// <summary>As the current master does it.</summary>
    LikeMaster,
}

/// <summary>Simple authentication of RFC 2338, for version 2 only.</summary>
public sealed record VrrpAuthentication
{
    /// <summary>Up to eight octets count.</summary>
    public Secret Password { get; init; }
}

/// <summary>A virtual router: who takes part, with which addresses, and what it watches.</summary>
public sealed record VipInstance
{
    public string Name { get; init; } = "";

    /// <summary>The interface of the advertisements; may be empty with unicast peers and a source address.</summary>
    public string Interface { get; init; } = "";
    public VrrpVersion Version { get; init; } = VrrpVersion.V3;

    /// <summary>The family where it is said; otherwise the first address or peer says it.</summary>
    public IpFamily? WrittenFamily { get; init; }

    /// <summary>1 to 255; 0 is nothing valid and means it was not given.</summary>
    public int RouterId { get; init; }
    public int Priority { get; init; } = 100;

    /// <summary>Whether the node is meant to be master: a hint, which only the address owner (priority 255) acts on at once.</summary>
    public bool StartAsMaster { get; init; }
    public TimeSpan AdvertInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Advertisements missed before the master counts as gone (RFC 9568 6.1 says 3).</summary>
    public int DeadAfter { get; init; } = 3;
    public bool Preempt { get; init; } = true;
    public TimeSpan PreemptDelay { get; init; }

    /// <summary>Accept_Mode (RFC 9568 6.1): whether a master that does not own the addresses takes packets to them.</summary>
    public bool Accept { get; init; } = true;
    public VrrpAuthentication? Authentication { get; init; }
    public ChecksumForm Checksum { get; init; }

    /// <summary>Where advertisements come from; null means the interface's primary (IPv4) or link-local (IPv6) address.</summary>
    public IpAddr? SourceAddress { get; init; }

    /// <summary>Whether the instance is in fault while the source address is not there.</summary>
    public bool TrackSourceAddress { get; init; }
    public IpAddr? MulticastGroup { get; init; }

    /// <summary>Whether IPv4 advertisements to the group count only from the subnet of the address that is sent from.</summary>
    public bool CheckSubnet { get; init; } = true;
    public UnicastSettings? Unicast { get; init; }
    public VirtualMac? VirtualMac { get; init; }
    public ValueList<VirtualAddress> Addresses { get; init; }

    /// <summary>Addresses held by the master that are not in its advertisements.</summary>
    public ValueList<VirtualAddress> ExcludedAddresses { get; init; }
    public ValueList<VirtualRoute> Routes { get; init; }
    public ValueList<VirtualRule> Rules { get; init; }
    public bool PromoteSecondaries { get; init; }
    public AnnounceSettings Announce { get; init; } = new();

    /// <summary>Whether a master answers a lower advertisement at once (RFC 9568 6.4.3).</summary>
    public bool AdvertiseToLower { get; init; } = true;

    /// <summary>Whether a master that hears a higher advertisement sends one more before it yields.</summary>
    public bool AdvertiseToHigher { get; init; }
    public bool OwnerIgnoresAdverts { get; init; }
    public TrackSettings Track { get; init; } = new();
    public ValueList<NotifyHook> Notify { get; init; }

    /// <summary>The family of the advertisements.</summary>
    public IpFamily Family =>
        WrittenFamily
        ?? (Addresses.Count > 0 ? Addresses[0].Address.Address.Family
            : Unicast is { Peers.Count: > 0 } unicast ? unicast.Peers[0].Address.Family
            : SourceAddress?.Family ?? IpFamily.IPv4);
}

/// <summary>Peers advertisements are sent to one by one.</summary>
public sealed record UnicastSettings
{
    public ValueList<UnicastPeer> Peers { get; init; }

    /// <summary>TTL or hop limit of what is sent.</summary>
    public int Ttl { get; init; } = 255;

    /// <summary>Whether only the peers are listened to.</summary>
    public bool CheckSource { get; init; } = true;

    /// <summary>Whether an instance without peers is in fault; otherwise it uses multicast.</summary>
    public bool FaultWithoutPeers { get; init; }
}

/// <summary>One peer, with the TTL its advertisements may arrive with; null leaves the end open.</summary>
public sealed record UnicastPeer
{
    public IpAddr Address { get; init; }
    public int? MinTtl { get; init; }
    public int? MaxTtl { get; init; }
}

/// <summary>The virtual router's own hardware address on a macvlan (RFC 9568 7.3).</summary>
public sealed record VirtualMac
{
    /// <summary>Name of the macvlan; empty lets vipd choose.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Another address than the one the RFC gives.</summary>
    public MacAddr? Address { get; init; }

    /// <summary>Whether advertisements leave from the base interface.</summary>
    public bool AdvertiseFromBase { get; init; }

    /// <summary>Whether addresses on other interfaces get a macvlan there, too.</summary>
    public bool OnAddressInterfaces { get; init; }
}

/// <summary>Gratuitous ARP and unsolicited NA after becoming master.</summary>
public sealed record AnnounceSettings
{
    public int Repeat { get; init; } = 5;

    /// <summary>When the second burst follows; zero means none.</summary>
    public TimeSpan SecondAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between refreshes while master; zero means none.</summary>
    public TimeSpan RefreshInterval { get; init; }
    public int RefreshRepeat { get; init; } = 1;
    public TimeSpan LowerPrioritySecondAfter { get; init; } = TimeSpan.FromSeconds(5);
    public int LowerPriorityRepeat { get; init; } = 5;

    /// <summary>Refresh on other interfaces that hold addresses, so that switches keep knowing them; zero means none.</summary>
    public TimeSpan OtherInterfacesInterval { get; init; }
}
