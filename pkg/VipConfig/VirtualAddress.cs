// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig;

/// <summary>An address the master holds, with the attributes of <c>ip address add</c>.</summary>
public sealed record VirtualAddress
{
    public InterfaceAddress Address { get; init; }

    /// <summary>Empty means the instance's interface, or its macvlan.</summary>
    public string Device { get; init; } = "";
    public string Label { get; init; } = "";
    public string Scope { get; init; } = "";

    /// <summary>An address, or <c>+</c> or <c>-</c> for all host bits set or clear; empty leaves it to the kernel.</summary>
    public string Broadcast { get; init; } = "";
    public InterfaceAddress? Peer { get; init; }
    public bool UseVirtualMac { get; init; }

    /// <summary>Whether IPv6 duplicate address detection is left out; vipd needs the address at once.</summary>
    public bool NoDad { get; init; }
    public bool NoPrefixRoute { get; init; }

    /// <summary>Whether an address that was removed by somebody is put back.</summary>
    public bool Watch { get; init; } = true;

    /// <summary>Whether the host may choose it as source of its own connections; null means unless it is a single IPv6 host (/128).</summary>
    public bool? Preferred { get; init; }
}

/// <summary>What the kernel does with a packet a route matches.</summary>
public enum RouteKind
{
    Unicast,
    Blackhole,
    Unreachable,
    Prohibit,
    Throw,
    Local,
}

/// <summary>A route that goes with mastership, as <c>ip route add</c> knows it.</summary>
public sealed record VirtualRoute
{
    public IpPrefix? Destination { get; init; }
    public RouteKind Kind { get; init; }
    public IpAddr? Via { get; init; }
    public string Device { get; init; } = "";
    public IpAddr? Source { get; init; }

    /// <summary>Number or name of rt_tables; empty means main.</summary>
    public string Table { get; init; } = "";
    public uint? Metric { get; init; }
    public string Scope { get; init; } = "";
    public string Protocol { get; init; } = "";
    public string Preference { get; init; } = "";
    public int? Tos { get; init; }
    public bool OnLink { get; init; }
    public int? Mtu { get; init; }
    public int? AdvertisedMss { get; init; }
    public int? InitialWindow { get; init; }
    public int? InitialReceiveWindow { get; init; }
    public ValueList<NextHop> NextHops { get; init; }
    public bool Watch { get; init; } = true;
}

/// <summary>One way of a route with several.</summary>
public sealed record NextHop
{
    public IpAddr? Via { get; init; }
    public string Device { get; init; } = "";
    public int Weight { get; init; } = 1;
    public bool OnLink { get; init; }
}

/// <summary>What a policy rule does with a packet it matches.</summary>
public enum RuleAction
{
    Lookup,
    Goto,
    Blackhole,
    Unreachable,
    Prohibit,
    Nop,
}

/// <summary>A policy rule that goes with mastership, as <c>ip rule add</c> knows it.</summary>
public sealed record VirtualRule
{
    public IpFamily? WrittenFamily { get; init; }
    public IpPrefix? From { get; init; }
    public IpPrefix? To { get; init; }
    public bool Not { get; init; }
    public RuleAction Action { get; init; }

    /// <summary>Number or name of rt_tables, for a lookup.</summary>
    public string Table { get; init; } = "";
    public uint? Goto { get; init; }
    public uint? Priority { get; init; }
    public string InputInterface { get; init; } = "";
    public string OutputInterface { get; init; } = "";
    public uint? FirewallMark { get; init; }
    public uint? FirewallMask { get; init; }
    public int? Tos { get; init; }
    public string IpProtocol { get; init; } = "";
    public PortRange? SourcePorts { get; init; }
    public PortRange? DestinationPorts { get; init; }
    public int? SuppressPrefixLength { get; init; }
    public bool Watch { get; init; } = true;

    /// <summary>The family the rule is entered for.</summary>
    public IpFamily Family => WrittenFamily ?? From?.Family ?? To?.Family ?? IpFamily.IPv4;
}

/// <summary>Ports from first to last, both included.</summary>
public readonly record struct PortRange(int First, int Last)
{
    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
