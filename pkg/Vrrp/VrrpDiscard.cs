// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>
/// Why a received packet was not acted on, in the order in which the rules are tried; closed, so that each value is a metric
/// label. A packet with a reason other than <see cref="None"/> has touched no timer.
/// </summary>
public enum VrrpDiscard : byte
{
    /// <summary>It was taken.</summary>
    None = 0,

    /// <summary>No whole IPv4 header, or a total length beyond the octets.</summary>
    BadIPv4Header = 1,

    /// <summary>A fragment of a datagram: an advertisement is never fragmented.</summary>
    Fragment = 2,

    /// <summary>Another IP protocol than 112.</summary>
    NotVrrp = 3,

    /// <summary>Fewer than the eight octets of the header.</summary>
    Truncated = 4,

    /// <summary>A version other than 2 and 3.</summary>
    UnknownVersion = 5,

    /// <summary>Version 2 over IPv6, which no RFC defines.</summary>
    Version2OverIPv6 = 6,

    /// <summary>A type other than 1, advertisement (RFC 9568 5.2.2).</summary>
    UnknownType = 7,

    /// <summary>Shorter than its address count says (RFC 9568 7.1).</summary>
    LengthTooShort = 8,

    /// <summary>Longer than its address count says; a trailer of another implementation, or garbage.</summary>
    LengthTooLong = 9,

    /// <summary>The checksum is wrong in every form that the version and family allow.</summary>
    BadChecksum = 10,

    /// <summary>Virtual router 0, which does not exist.</summary>
    ZeroRouterId = 11,

    /// <summary>No address (RFC 9568 5.2.5).</summary>
    NoAddresses = 12,

    /// <summary>An advertisement interval of zero, after which a backup would take over at once.</summary>
    ZeroInterval = 13,

    /// <summary>No virtual router of that number and family on that interface.</summary>
    UnknownRouter = 14,

    /// <summary>The instance is in Initialize: stopped, faulty or waiting.</summary>
    NotRunning = 15,

    /// <summary>A router lies behind the sender (RFC 9568 7.1), or more of them than the peer is allowed.</summary>
    HopLimitTooLow = 16,

    /// <summary>The other version than is configured.</summary>
    WrongVersion = 17,

    /// <summary>The source is unspecified, loopback or a group, or of the other family.</summary>
    BadSource = 18,

    /// <summary>The source is our own address: our packet come back, or somebody has our address.</summary>
    OwnSource = 19,

    /// <summary>An IPv6 source that is not link-local (RFC 9568 5.1.2.1).</summary>
    SourceNotLinkLocal = 20,

    /// <summary>An IPv4 source outside the subnet of the interface's primary address.</summary>
    OffSubnet = 21,

    /// <summary>Not sent to the group, and the instance speaks multicast.</summary>
    NotToGroup = 22,

    /// <summary>Not sent to our address, and the instance speaks unicast.</summary>
    NotToUs = 23,

    /// <summary>The instance speaks unicast, and the source is none of its peers.</summary>
    UnknownPeer = 24,

    /// <summary>Another authentication type than is configured (RFC 2338 7.1).</summary>
    AuthenticationTypeMismatch = 25,

    /// <summary>Another password than is configured (RFC 2338 7.1).</summary>
    AuthenticationFailed = 26,

    /// <summary>Version 2 with another interval than is configured (RFC 3768 7.1).</summary>
    IntervalMismatch = 27,

    /// <summary>We are the owner, and owners are told to listen to nobody (RFC 9568 7.1).</summary>
    OwnerIgnores = 28,

    /// <summary>A lower priority than ours while we wait to take over (RFC 9568 6.4.2).</summary>
    InferiorPriority = 29,

    /// <summary>A farewell of a node that is not the master we follow: the late repetition of an old master.</summary>
    ForeignFarewell = 30,
}
