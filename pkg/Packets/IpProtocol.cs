// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>Protocol and next-header numbers that are told apart here (IANA protocol numbers; extension headers per RFC 7045).</summary>
public enum IpProtocol : byte
{
    /// <summary>Hop-by-hop options, an extension header.</summary>
    HopByHop = 0,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>Routing, an extension header.</summary>
    Routing = 43,

    /// <summary>Fragment, an extension header.</summary>
    Fragment = 44,

    /// <summary>Encapsulating security payload, an extension header.</summary>
    EncapsulatingSecurity = 50,

    /// <summary>Authentication, an extension header.</summary>
    Authentication = 51,

    /// <summary>ICMPv6.</summary>
    Icmpv6 = 58,

    /// <summary>No next header.</summary>
    NoNext = 59,

    /// <summary>Destination options, an extension header.</summary>
    DestinationOptions = 60,

    /// <summary>VRRP.</summary>
    Vrrp = 112,

    /// <summary>Mobility, an extension header.</summary>
    Mobility = 135,

    /// <summary>Host identity, an extension header.</summary>
    HostIdentity = 139,

    /// <summary>Shim6, an extension header.</summary>
    Shim6 = 140,
}
