// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>Subcodes of an UPDATE error (RFC 4271 6.3); most of them RFC 7606 has made needless.</summary>
public enum UpdateSubcode : byte
{
    /// <summary>None of the others.</summary>
    Unspecific = 0,

    /// <summary>Lengths do not agree, or routes cannot be told.</summary>
    MalformedAttributeList = 1,

    /// <summary>A well-known attribute that is not known.</summary>
    UnrecognizedWellKnown = 2,

    /// <summary>A mandatory attribute is missing.</summary>
    MissingWellKnown = 3,

    /// <summary>Flags against the definition.</summary>
    AttributeFlags = 4,

    /// <summary>Length against the definition.</summary>
    AttributeLength = 5,

    /// <summary>ORIGIN has no such value.</summary>
    InvalidOrigin = 6,

    /// <summary>NEXT_HOP is no host address.</summary>
    InvalidNextHop = 8,

    /// <summary>An optional attribute is malformed; data: the attribute.</summary>
    OptionalAttribute = 9,

    /// <summary>A prefix is malformed.</summary>
    InvalidNetworkField = 10,

    /// <summary>AS_PATH is malformed.</summary>
    MalformedAsPath = 11,
}
