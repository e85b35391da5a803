// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Attributes;

/// <summary>Path attribute types (IANA "BGP Path Attributes") that are read here; a peer may send others.</summary>
public enum AttributeType : byte
{
    /// <summary>Where the route came from (RFC 4271 5.1.1).</summary>
    Origin = 1,

    /// <summary>The ASes it passed (RFC 4271 5.1.2).</summary>
    AsPath = 2,

    /// <summary>The router to send to (RFC 4271 5.1.3).</summary>
    NextHop = 3,

    /// <summary>Which of several entries into an AS (RFC 4271 5.1.4).</summary>
    MultiExitDisc = 4,

    /// <summary>The degree of preference within an AS (RFC 4271 5.1.5).</summary>
    LocalPref = 5,

    /// <summary>More specific routes were left out (RFC 4271 5.1.6).</summary>
    AtomicAggregate = 6,

    /// <summary>Who aggregated (RFC 4271 5.1.7).</summary>
    Aggregator = 7,

    /// <summary>Communities (RFC 1997).</summary>
    Communities = 8,

    /// <summary>Who brought the route into the AS (RFC 4456 8).</summary>
    OriginatorId = 9,

    /// <summary>The reflectors it passed (RFC 4456 8).</summary>
    ClusterList = 10,

    /// <summary>Reachable routes of any family (RFC 4760 3).</summary>
    MpReach = 14,

    /// <summary>Withdrawn routes of any family (RFC 4760 4).</summary>
    MpUnreach = 15,

    /// <summary>Extended communities (RFC 4360).</summary>
    ExtendedCommunities = 16,

    /// <summary>The path in four octets through a two-octet speaker (RFC 6793 3).</summary>
    As4Path = 17,

    /// <summary>The aggregator in four octets through a two-octet speaker (RFC 6793 3).</summary>
    As4Aggregator = 18,

    /// <summary>IPv6 extended communities (RFC 5701).</summary>
    IPv6ExtendedCommunities = 25,

    /// <summary>Large communities (RFC 8092).</summary>
    LargeCommunities = 32,

    /// <summary>Only to customers (RFC 9234 5).</summary>
    OnlyToCustomer = 35,
}
