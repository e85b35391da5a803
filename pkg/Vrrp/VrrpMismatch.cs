// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>How another node disagrees with us.</summary>
public enum VrrpMismatch : byte
{
    /// <summary>It speaks the other version, so each of us ignores the other: two masters.</summary>
    Version = 0,

    /// <summary>Authentication type or password differ: two masters.</summary>
    Authentication = 1,

    /// <summary>Its interval differs; with version 2 that makes two masters, with version 3 it is learned.</summary>
    Interval = 2,

    /// <summary>It advertises other addresses, some of ours among them; keepalived before 2.3.3 ignores us then.</summary>
    Addresses = 3,

    /// <summary>It advertises none of our addresses: somebody else's virtual router has our number.</summary>
    ForeignRouter = 4,

    /// <summary>It reckons its checksum in the other form, and may ignore us.</summary>
    Checksum = 5,

    /// <summary>It says that it owns the addresses, and so do we.</summary>
    SecondOwner = 6,

    /// <summary>It sends from our address.</summary>
    OwnSource = 7,

    /// <summary>It keeps advertising a lower priority although we answer: it does not hear us.</summary>
    DoesNotHearUs = 8,

    /// <summary>It advertised again right after its farewell: the farewell was forged, or it came back.</summary>
    FarewellTakenBack = 9,

    /// <summary>Its first IPv6 address is not link-local (RFC 9568 5.2.9).</summary>
    FirstAddress = 10,

    /// <summary>It sends by unicast and we by multicast, or the reverse, or it is none of our peers: two masters.</summary>
    Transport = 11,

    /// <summary>Its hop limit is below the least we take: somebody forwarded it, or it sends so. Two masters.</summary>
    HopLimit = 12,
}
