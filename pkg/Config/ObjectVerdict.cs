// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>What became of one object: accepted or not, why (the name of the reason is the condition's reason), and what to do about it.</summary>
public readonly record struct ObjectVerdict(
    ObjectKind Kind, string Namespace, string Name, long Generation, bool Accepted, VerdictReason Reason, string Message);

/// <summary>The kinds that are judged; the member's name is the kind in the API.</summary>
public enum ObjectKind
{
    IPAddressPool,
    L2Advertisement,
    BGPPeer,
    BGPAdvertisement,
    Community,
    BFDProfile,
}

/// <summary>Why an object was accepted or refused.</summary>
public enum VerdictReason
{
    /// <summary>In force as written.</summary>
    Accepted,

    /// <summary>In force, but it names something that does not exist.</summary>
    UnresolvedReference,

    /// <summary>In force, but not quite as one may think who reads it.</summary>
    AcceptedWithWarnings,

    /// <summary>A field does not hold what it must.</summary>
    InvalidSpec,

    /// <summary>Addresses of an earlier pool.</summary>
    OverlappingPool,

    /// <summary>Does not go together with an object that was there before.</summary>
    Conflict,

    /// <summary>Not in the namespace that is watched for configuration.</summary>
    WrongNamespace,
}
