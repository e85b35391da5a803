// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet;

/// <summary>
/// Every rule a received message can break. <see cref="BgpFaults"/> says what each costs and what is sent for it.
/// The names serve as the reasons of metrics and logs.
/// </summary>
public enum BgpFault : byte
{
    /// <summary>No rule is broken.</summary>
    None = 0,

    /// <summary>The message has not arrived in full; no error.</summary>
    Incomplete = 1,

    /// <summary>The marker is not sixteen octets of ones.</summary>
    Marker = 10,

    /// <summary>The length is below the least or above the most of the type.</summary>
    MessageLength = 11,

    /// <summary>The type is none of the five.</summary>
    MessageType = 12,

    /// <summary>OPEN: the version is not 4.</summary>
    Version = 20,

    /// <summary>OPEN: the optional parameters do not end where the message ends.</summary>
    ParametersLength = 21,

    /// <summary>OPEN: a parameter runs past the parameters.</summary>
    ParameterOverrun = 22,

    /// <summary>OPEN: a parameter that is not "capabilities".</summary>
    ParameterType = 23,

    /// <summary>OPEN: a capability runs past its parameter.</summary>
    CapabilityOverrun = 24,

    /// <summary>OPEN: the 4-octet AS capability is not four octets long.</summary>
    FourOctetAsLength = 25,

    /// <summary>OPEN: the AS number is zero, not the one expected, or said in two ways.</summary>
    PeerAs = 26,

    /// <summary>OPEN: the BGP identifier is zero, or ours within one AS.</summary>
    Identifier = 27,

    /// <summary>OPEN: the hold time is one or two seconds, or below what is accepted.</summary>
    HoldTime = 28,

    /// <summary>OPEN: no family in common, or a capability that is demanded is missing.</summary>
    CapabilityMissing = 29,

    /// <summary>OPEN: the roles of the two sides do not fit (RFC 9234 4.2).</summary>
    RoleMismatch = 30,

    /// <summary>UPDATE: the withdrawn routes run past the message.</summary>
    WithdrawnLength = 40,

    /// <summary>UPDATE: the path attributes run past the message.</summary>
    AttributesLength = 41,

    /// <summary>UPDATE: a prefix is cut short or longer than its family allows.</summary>
    Prefix = 42,

    /// <summary>UPDATE: an attribute runs past the attributes.</summary>
    AttributeOverrun = 43,

    /// <summary>UPDATE: an attribute came again; the first counts.</summary>
    DuplicateAttribute = 44,

    /// <summary>UPDATE: MP_REACH_NLRI or MP_UNREACH_NLRI came again, so the routes cannot be told.</summary>
    DuplicateMultiprotocol = 45,

    /// <summary>UPDATE: optional, transitive or partial bit against the attribute's definition.</summary>
    AttributeFlags = 46,

    /// <summary>UPDATE: a well-known attribute that nobody knows.</summary>
    UnknownWellKnown = 47,

    /// <summary>UPDATE: an attribute that this peer has no business to send; left out.</summary>
    UnexpectedAttribute = 48,

    /// <summary>UPDATE: an error in attributes that carry no reachable route, so the routes may have been missed (RFC 7606 5.2).</summary>
    ErrorWithoutRoutes = 49,

    /// <summary>UPDATE: ORIGIN is missing.</summary>
    MissingOrigin = 50,

    /// <summary>UPDATE: AS_PATH is missing.</summary>
    MissingAsPath = 51,

    /// <summary>UPDATE: NEXT_HOP is missing beside IPv4 routes.</summary>
    MissingNextHop = 52,

    /// <summary>UPDATE: LOCAL_PREF is missing from a peer of the same AS.</summary>
    MissingLocalPref = 53,

    /// <summary>ORIGIN is not one octet of 0 to 2.</summary>
    Origin = 60,

    /// <summary>AS_PATH: a segment of unknown type, of no AS, or past the end.</summary>
    AsPathSegment = 61,

    /// <summary>AS_PATH holds AS 0 (RFC 7607).</summary>
    AsPathZero = 62,

    /// <summary>AS_PATH holds a confederation segment from outside the confederation (RFC 5065 5).</summary>
    AsPathConfederation = 63,

    /// <summary>AS_PATH is empty from a peer of another AS.</summary>
    AsPathEmpty = 64,

    /// <summary>NEXT_HOP is not four octets long.</summary>
    NextHopLength = 65,

    /// <summary>A next hop that no host can be: unspecified, loopback, group, reserved or v4-mapped.</summary>
    NextHopAddress = 66,

    /// <summary>MULTI_EXIT_DISC is not four octets long.</summary>
    Med = 67,

    /// <summary>LOCAL_PREF is not four octets long.</summary>
    LocalPref = 68,

    /// <summary>ATOMIC_AGGREGATE is not empty.</summary>
    AtomicAggregate = 69,

    /// <summary>AGGREGATOR has the wrong length or AS 0.</summary>
    Aggregator = 70,

    /// <summary>COMMUNITIES is empty or not of whole communities.</summary>
    Communities = 71,

    /// <summary>ORIGINATOR_ID is not four octets long.</summary>
    OriginatorId = 72,

    /// <summary>CLUSTER_LIST is empty or not of whole identifiers.</summary>
    ClusterList = 73,

    /// <summary>EXTENDED COMMUNITIES is empty or not of whole communities.</summary>
    ExtendedCommunities = 74,

    /// <summary>AS4_PATH is malformed.</summary>
    As4Path = 75,

    /// <summary>AS4_AGGREGATOR has the wrong length or AS 0.</summary>
    As4Aggregator = 76,

    /// <summary>IPv6 EXTENDED COMMUNITIES is empty or not of whole communities.</summary>
    IPv6ExtendedCommunities = 77,

    /// <summary>LARGE_COMMUNITY is empty or not of whole communities.</summary>
    LargeCommunities = 78,

    /// <summary>ONLY_TO_CUSTOMER is not four octets long.</summary>
    OnlyToCustomer = 79,

    /// <summary>MP_REACH_NLRI or MP_UNREACH_NLRI is too short for its fixed part.</summary>
    MultiprotocolLength = 80,

    /// <summary>MP_REACH_NLRI: a next hop of a length the family does not have.</summary>
    MultiprotocolNextHop = 81,

    /// <summary>MP_REACH_NLRI without a route.</summary>
    MultiprotocolEmpty = 82,

    /// <summary>MP_REACH_NLRI or MP_UNREACH_NLRI of a family that was not agreed on; passed over.</summary>
    FamilyNotNegotiated = 83,

    /// <summary>MP_REACH_NLRI or MP_UNREACH_NLRI runs past the attributes, so its routes cannot be told.</summary>
    MultiprotocolOverrun = 84,

    /// <summary>ROUTE-REFRESH: a marker message of the wrong length (RFC 7313 5).</summary>
    RefreshLength = 90,
}
