// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>Judges one attribute on its own (RFC 7606 7); MP_REACH_NLRI and MP_UNREACH_NLRI are read where the message is.</summary>
internal static class AttributeRules
{
    private const AttributeFlags WellKnown = AttributeFlags.Transitive;
    private const AttributeFlags OptionalTransitive = AttributeFlags.Optional | AttributeFlags.Transitive;
    private const AttributeFlags OptionalNonTransitive = AttributeFlags.Optional;

    /// <summary>The optional and transitive bits of a known attribute; null for one that is not known.</summary>
    public static AttributeFlags? DefinedFlags(AttributeType type) => type switch
    {
        AttributeType.Origin or AttributeType.AsPath or AttributeType.NextHop or AttributeType.LocalPref or AttributeType.AtomicAggregate
            => WellKnown,
        AttributeType.MultiExitDisc or AttributeType.OriginatorId or AttributeType.ClusterList or AttributeType.MpReach
            or AttributeType.MpUnreach => OptionalNonTransitive,
        AttributeType.Aggregator or AttributeType.Communities or AttributeType.ExtendedCommunities or AttributeType.As4Path
            or AttributeType.As4Aggregator or AttributeType.IPv6ExtendedCommunities or AttributeType.LargeCommunities
            or AttributeType.OnlyToCustomer => OptionalTransitive,
        _ => null,
    };

    public static BgpFault Check(PathAttribute attribute, scoped in UpdateContext context)
    {
        // What comes from the wrong side is left out before anything else is asked of it (RFC 7606 7.5, 7.9, 7.10; RFC 6793 4.1).
        bool unexpected = attribute.Type switch
        {
            AttributeType.LocalPref or AttributeType.OriginatorId or AttributeType.ClusterList => !context.Internal,
            AttributeType.As4Path or AttributeType.As4Aggregator => context.FourOctetAs,
            AttributeType.Origin or AttributeType.AsPath or AttributeType.NextHop or AttributeType.MultiExitDisc
                or AttributeType.AtomicAggregate or AttributeType.Aggregator or AttributeType.Communities or AttributeType.MpReach
                or AttributeType.MpUnreach or AttributeType.ExtendedCommunities or AttributeType.IPv6ExtendedCommunities
                or AttributeType.LargeCommunities or AttributeType.OnlyToCustomer or _ => false,
        };
        return unexpected ? BgpFault.UnexpectedAttribute
            : CheckFlags(attribute) is var flags and not BgpFault.None ? flags
            : CheckValue(attribute, context);
    }

    private static BgpFault CheckFlags(PathAttribute attribute)
    {
        const AttributeFlags Class = AttributeFlags.Optional | AttributeFlags.Transitive;
        AttributeFlags flags = attribute.Flags & Class;
        if (DefinedFlags(attribute.Type) is not { } defined)
        {
            return (flags & AttributeFlags.Optional) == 0 ? BgpFault.UnknownWellKnown : BgpFault.None;
        }

        // RFC 4271 4.3: nobody on the way can fail to know a well-known attribute, or one that is not passed on.
        bool partial = (attribute.Flags & AttributeFlags.Partial) != 0 && defined != OptionalTransitive;
        return flags != defined || partial ? BgpFault.AttributeFlags : BgpFault.None;
    }

    private static BgpFault CheckValue(PathAttribute attribute, scoped in UpdateContext context)
    {
        ReadOnlySpan<byte> value = attribute.Value;
        return attribute.Type switch
        {
            AttributeType.Origin => OriginAttribute.TryRead(value, out _) ? BgpFault.None : BgpFault.Origin,
            AttributeType.AsPath => AsPath.Check(value, context),
            AttributeType.NextHop => NextHopAttribute.Check(value),
            AttributeType.MultiExitDisc => Exactly(value, sizeof(uint), BgpFault.Med),
            AttributeType.LocalPref => Exactly(value, sizeof(uint), BgpFault.LocalPref),
            AttributeType.AtomicAggregate => Exactly(value, 0, BgpFault.AtomicAggregate),
            AttributeType.Aggregator => Aggregator.TryRead(value, context.FourOctetAs, out _) ? BgpFault.None : BgpFault.Aggregator,
            AttributeType.Communities => Whole(value, CommunityList.UnitLength, BgpFault.Communities),
            AttributeType.OriginatorId => Exactly(value, sizeof(uint), BgpFault.OriginatorId),
            AttributeType.ClusterList => Whole(value, sizeof(uint), BgpFault.ClusterList),
            AttributeType.ExtendedCommunities => Whole(value, ExtendedCommunityList.UnitLength, BgpFault.ExtendedCommunities),
            AttributeType.As4Path => AsPath.CheckAs4(value),
            AttributeType.As4Aggregator => Aggregator.TryRead(value, fourOctetAs: true, out _) ? BgpFault.None : BgpFault.As4Aggregator,
            AttributeType.IPv6ExtendedCommunities => Whole(value, 20, BgpFault.IPv6ExtendedCommunities),
            AttributeType.LargeCommunities => Whole(value, LargeCommunityList.UnitLength, BgpFault.LargeCommunities),
            AttributeType.OnlyToCustomer => Exactly(value, sizeof(uint), BgpFault.OnlyToCustomer),
            AttributeType.MpReach or AttributeType.MpUnreach or _ => BgpFault.None,
        };
    }

    private static BgpFault Exactly(ReadOnlySpan<byte> value, int length, BgpFault fault) => value.Length == length ? BgpFault.None : fault;

    private static BgpFault Whole(ReadOnlySpan<byte> value, int unit, BgpFault fault) =>
        !value.IsEmpty && value.Length % unit == 0 ? BgpFault.None : fault;
}
