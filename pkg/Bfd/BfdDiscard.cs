// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>
/// Why a received packet changed nothing, in the order in which the rules are tried (RFC 5880 6.8.6 unless said
/// otherwise); closed, so that each value is a metric label.
/// </summary>
public enum BfdDiscard : byte
{
    /// <summary>It was taken.</summary>
    None = 0,

    /// <summary>Fewer than the four octets that say how long a packet is.</summary>
    Truncated = 1,

    /// <summary>A version other than 1.</summary>
    UnknownVersion = 2,

    /// <summary>The length field is below 24, or below 26 with an authentication section.</summary>
    LengthTooShort = 3,

    /// <summary>The length field exceeds the datagram.</summary>
    LengthBeyondDatagram = 4,

    /// <summary>The detection multiplier is zero.</summary>
    ZeroMultiplier = 5,

    /// <summary>The multipoint bit is set.</summary>
    Multipoint = 6,

    /// <summary>The sender's discriminator is zero.</summary>
    ZeroMyDiscriminator = 7,

    /// <summary>No session here has the discriminator the packet is addressed to.</summary>
    UnknownDiscriminator = 8,

    /// <summary>No discriminator of ours, although the sender says that it hears us.</summary>
    StateWithoutDiscriminator = 9,

    /// <summary>No discriminator of ours, and no session with that address on that interface.</summary>
    NoSession = 10,

    /// <summary>The discriminator is that of a session with another address, interface or kind of path.</summary>
    PathMismatch = 11,

    /// <summary>More hops behind it than the session allows (RFC 5881 5, RFC 5883 3).</summary>
    HopLimitTooLow = 12,

    /// <summary>An authentication section, and none is configured here.</summary>
    UnexpectedAuthentication = 13,

    /// <summary>No authentication section, and one is configured here.</summary>
    MissingAuthentication = 14,

    /// <summary>Another type of authentication than is configured here (6.7.2 to 6.7.4).</summary>
    AuthenticationTypeMismatch = 15,

    /// <summary>No key here has the section's key number (6.7.2 to 6.7.4).</summary>
    UnknownKey = 16,

    /// <summary>The section's length is not that of its type, or exceeds the packet (6.7.2 to 6.7.4).</summary>
    AuthenticationLength = 17,

    /// <summary>A sequence number outside the window: replayed, or overtaken (6.7.3, 6.7.4).</summary>
    SequenceOutsideWindow = 18,

    /// <summary>Password or digest differ: another key, or a forgery (6.7.2 to 6.7.4).</summary>
    BadAuthentication = 19,

    /// <summary>The session is administratively down.</summary>
    SessionAdminDown = 20,
}
