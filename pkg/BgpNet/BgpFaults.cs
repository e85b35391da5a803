// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet;

/// <summary>What each fault costs (RFC 7606) and the NOTIFICATION it stands for (RFC 4271 6).</summary>
public static class BgpFaults
{
    /// <summary>The cost of a fault on its own.</summary>
    public static ErrorGrade Grade(this BgpFault fault) => fault switch
    {
        BgpFault.None or BgpFault.Incomplete => ErrorGrade.None,
        BgpFault.DuplicateAttribute or BgpFault.UnexpectedAttribute or BgpFault.AtomicAggregate or BgpFault.Aggregator
            or BgpFault.As4Path or BgpFault.As4Aggregator or BgpFault.MultiprotocolEmpty or BgpFault.FamilyNotNegotiated
            => ErrorGrade.AttributeDiscard,
        BgpFault.AttributeOverrun or BgpFault.AttributeFlags or BgpFault.UnknownWellKnown
            or BgpFault.MissingOrigin or BgpFault.MissingAsPath or BgpFault.MissingNextHop or BgpFault.MissingLocalPref
            or BgpFault.Origin or BgpFault.AsPathSegment or BgpFault.AsPathZero or BgpFault.AsPathConfederation or BgpFault.AsPathEmpty
            or BgpFault.NextHopLength or BgpFault.NextHopAddress or BgpFault.Med or BgpFault.LocalPref or BgpFault.Communities
            or BgpFault.OriginatorId or BgpFault.ClusterList or BgpFault.ExtendedCommunities or BgpFault.IPv6ExtendedCommunities
            or BgpFault.LargeCommunities or BgpFault.OnlyToCustomer
            => ErrorGrade.TreatAsWithdraw,
        BgpFault.Marker or BgpFault.MessageLength or BgpFault.MessageType
            or BgpFault.Version or BgpFault.ParametersLength or BgpFault.ParameterOverrun or BgpFault.ParameterType
            or BgpFault.CapabilityOverrun or BgpFault.FourOctetAsLength or BgpFault.PeerAs or BgpFault.Identifier or BgpFault.HoldTime
            or BgpFault.CapabilityMissing or BgpFault.RoleMismatch
            or BgpFault.WithdrawnLength or BgpFault.AttributesLength or BgpFault.Prefix or BgpFault.DuplicateMultiprotocol
            or BgpFault.ErrorWithoutRoutes or BgpFault.MultiprotocolLength or BgpFault.MultiprotocolNextHop
            or BgpFault.MultiprotocolOverrun or BgpFault.RefreshLength
            => ErrorGrade.SessionReset,
        _ => throw new UnreachableException(),
    };

    /// <summary>The NOTIFICATION that a session reset for this fault sends.</summary>
    internal static NotificationMessage Notification(this BgpFault fault, ReadOnlySpan<byte> data) => fault switch
    {
        BgpFault.Marker => NotificationMessage.Header(HeaderSubcode.NotSynchronized, data),
        BgpFault.MessageLength => NotificationMessage.Header(HeaderSubcode.BadLength, data),
        BgpFault.MessageType => NotificationMessage.Header(HeaderSubcode.BadType, data),
        BgpFault.Version => NotificationMessage.Open(OpenSubcode.UnsupportedVersion, data),
        BgpFault.ParametersLength or BgpFault.ParameterOverrun or BgpFault.CapabilityOverrun or BgpFault.FourOctetAsLength
            => NotificationMessage.Open(OpenSubcode.Unspecific, data),
        BgpFault.ParameterType => NotificationMessage.Open(OpenSubcode.UnsupportedParameter, data),
        BgpFault.PeerAs => NotificationMessage.Open(OpenSubcode.BadPeerAs, data),
        BgpFault.Identifier => NotificationMessage.Open(OpenSubcode.BadIdentifier, data),
        BgpFault.HoldTime => NotificationMessage.Open(OpenSubcode.UnacceptableHoldTime, data),
        BgpFault.CapabilityMissing => NotificationMessage.Open(OpenSubcode.UnsupportedCapability, data),
        BgpFault.RoleMismatch => NotificationMessage.Open(OpenSubcode.RoleMismatch, data),
        BgpFault.MultiprotocolNextHop => NotificationMessage.Update(UpdateSubcode.OptionalAttribute, data),
        BgpFault.Prefix => NotificationMessage.Update(UpdateSubcode.InvalidNetworkField, data),
        BgpFault.RefreshLength => new(NotificationCode.RouteRefresh, (byte)RefreshErrorSubcode.InvalidLength, data),
        BgpFault.WithdrawnLength or BgpFault.AttributesLength or BgpFault.DuplicateMultiprotocol or BgpFault.ErrorWithoutRoutes
            or BgpFault.MultiprotocolLength or BgpFault.MultiprotocolOverrun
            => NotificationMessage.Update(UpdateSubcode.MalformedAttributeList, data),
        BgpFault.None or BgpFault.Incomplete or BgpFault.AttributeOverrun or BgpFault.DuplicateAttribute or BgpFault.AttributeFlags
            or BgpFault.UnknownWellKnown or BgpFault.UnexpectedAttribute or BgpFault.MissingOrigin or BgpFault.MissingAsPath
            or BgpFault.MissingNextHop or BgpFault.MissingLocalPref or BgpFault.Origin or BgpFault.AsPathSegment or BgpFault.AsPathZero
            or BgpFault.AsPathConfederation or BgpFault.AsPathEmpty or BgpFault.NextHopLength or BgpFault.NextHopAddress or BgpFault.Med
            or BgpFault.LocalPref or BgpFault.AtomicAggregate or BgpFault.Aggregator or BgpFault.Communities or BgpFault.OriginatorId
            or BgpFault.ClusterList or BgpFault.ExtendedCommunities or BgpFault.As4Path or BgpFault.As4Aggregator
            or BgpFault.IPv6ExtendedCommunities or BgpFault.LargeCommunities or BgpFault.OnlyToCustomer or BgpFault.MultiprotocolEmpty
            or BgpFault.FamilyNotNegotiated
            or _ => throw new UnreachableException(),
    };
}
