// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>Subcodes of an OPEN error (RFC 4271 6.2, RFC 5492, RFC 9234).</summary>
public enum OpenSubcode : byte
{
    /// <summary>The OPEN is malformed.</summary>
    Unspecific = 0,

    /// <summary>Another version; data: the version that is spoken, two octets.</summary>
    UnsupportedVersion = 1,

    /// <summary>Not the AS that is expected.</summary>
    BadPeerAs = 2,

    /// <summary>The BGP identifier is zero or taken.</summary>
    BadIdentifier = 3,

    /// <summary>A parameter that is not known.</summary>
    UnsupportedParameter = 4,

    /// <summary>One or two seconds, or too short for this side.</summary>
    UnacceptableHoldTime = 6,

    /// <summary>A capability is missing; data: the capabilities that are demanded.</summary>
    UnsupportedCapability = 7,

    /// <summary>The roles do not fit.</summary>
    RoleMismatch = 11,
}
