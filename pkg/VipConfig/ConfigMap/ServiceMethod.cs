// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.ConfigMap;

/// <summary>How kube-keepalived-vip is told to forward to a Service.</summary>
public enum ServiceMethod
{
    Nat,
    DirectRouting,

    /// <summary>By a proxy that tells the client's address in a PROXY protocol header.</summary>
    Proxy,
}

/// <summary>One address of the ConfigMap and the Service behind it; without a Service the address is held and nothing forwarded.</summary>
public sealed record ServiceVip
{
    public LoadBalancer.Primitives.IpAddr Address { get; init; }
    public string Namespace { get; init; } = "";
    public string Service { get; init; } = "";
    public ServiceMethod Method { get; init; }

    /// <summary>Whether servers are sent a PROXY protocol header.</summary>
    public bool ProxyHeader { get; init; }

    /// <summary>Whether the address is held without anything behind it.</summary>
    public bool AddressOnly => Service.Length == 0;
}

/// <summary>What became of one entry; refused ones hold nothing up.</summary>
public sealed record EntryVerdict(string Key, bool Accepted, string Message);

/// <summary>All entries of a ConfigMap, by address, and a verdict on each.</summary>
public sealed record ServiceVips(ValueList<ServiceVip> Accepted, ValueList<EntryVerdict> Verdicts);
