// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Membership;

/// <summary>Why a received datagram changed nothing; closed, so that each value is a metric label.</summary>
public enum DropReason : byte
{
    /// <summary>It was taken.</summary>
    None = 0,

    /// <summary>Shorter than the fixed header, or a length inside points past its end.</summary>
    Truncated = 1,

    /// <summary>Not a heartbeat: the first four octets differ.</summary>
    NotHeartbeat = 2,

    /// <summary>A version this program does not speak.</summary>
    UnknownVersion = 3,

    /// <summary>A field has a value the format does not allow, or octets are left over.</summary>
    Malformed = 4,

    /// <summary>Larger than any heartbeat may be.</summary>
    TooLong = 5,

    /// <summary>A key is configured here and the sender used none.</summary>
    Unauthenticated = 6,

    /// <summary>The sender used a key and none is configured here.</summary>
    KeyMissing = 7,

    /// <summary>The code does not match: another key, or a forgery.</summary>
    BadAuthentication = 8,

    /// <summary>Our own heartbeat came back to us.</summary>
    OwnHeartbeat = 9,

    /// <summary>Another process uses our node name on this segment.</summary>
    DuplicateName = 10,

    /// <summary>The sequence number is not above the last one of this sender: replayed, duplicated or overtaken.</summary>
    OldSequence = 11,

    /// <summary>Authentic, but it has not yet proven to hear us now: a new sender, a one-way link, or a replayed stream.</summary>
    NotTwoWay = 12,

    /// <summary>The table of members is full.</summary>
    TooManyMembers = 13,

    /// <summary>The claims on this segment exceed what is kept.</summary>
    TooManyClaims = 14,

    /// <summary>Our own link on this segment is down.</summary>
    LinkDown = 15,

    /// <summary>No such interface is watched.</summary>
    UnknownInterface = 16,

    /// <summary>A heartbeat just heard, come again over the other address family or another path of the segment: nothing is lost.</summary>
    Copy = 17,
}
