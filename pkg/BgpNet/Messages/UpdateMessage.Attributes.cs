// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Messages;

public ref partial struct UpdateMessage
{
    /// <summary>ORIGIN; null when missing or malformed.</summary>
    public readonly Origin? Origin =>
        TryGet(AttributeType.Origin, out PathAttribute found) && OriginAttribute.TryRead(found.Value, out Origin origin) ? origin : null;

    /// <summary>NEXT_HOP, the router for <see cref="AnnouncedIPv4"/>; null when missing or malformed.</summary>
    public readonly IpAddr? NextHop =>
        TryGet(AttributeType.NextHop, out PathAttribute found) && NextHopAttribute.TryRead(found.Value, out IpAddr address) ? address : null;

    /// <summary>MULTI_EXIT_DISC; null when missing or malformed.</summary>
    public readonly uint? Med =>
        TryGet(AttributeType.MultiExitDisc, out PathAttribute found) && MedAttribute.TryRead(found.Value, out uint metric) ? metric : null;

    /// <summary>LOCAL_PREF; null when missing, malformed, or from another AS.</summary>
    public readonly uint? LocalPref =>
        TryGet(AttributeType.LocalPref, out PathAttribute found) && LocalPrefAttribute.TryRead(found.Value, out uint preference) ? preference : null;

    /// <summary>Whether ATOMIC_AGGREGATE is there.</summary>
    public readonly bool AtomicAggregate => TryGet(AttributeType.AtomicAggregate, out _);

    /// <summary>Who aggregated, with the AS number in full where AS4_AGGREGATOR has it; null when nobody did.</summary>
    public readonly Aggregator? Aggregator =>
        TryGetAggregator(AttributeType.Aggregator, _fourOctetAs) is not { } narrow ? null
        : TryGetAggregator(AttributeType.As4Aggregator, fourOctetAs: true) is { } wide && narrow.Asn == AsNumbers.Trans ? wide
        : narrow;

    /// <summary>COMMUNITIES; empty when missing or malformed.</summary>
    public readonly CommunityList Communities => new(Whole(AttributeType.Communities, CommunityList.UnitLength));

    /// <summary>EXTENDED COMMUNITIES; empty when missing or malformed.</summary>
    public readonly ExtendedCommunityList ExtendedCommunities => new(Whole(AttributeType.ExtendedCommunities, ExtendedCommunityList.UnitLength));

    /// <summary>LARGE_COMMUNITY; empty when missing or malformed.</summary>
    public readonly LargeCommunityList LargeCommunities => new(Whole(AttributeType.LargeCommunities, LargeCommunityList.UnitLength));

    /// <summary>ORIGINATOR_ID; null when missing, malformed, or from another AS.</summary>
    public readonly uint? OriginatorId =>
        TryGet(AttributeType.OriginatorId, out PathAttribute found) && OriginatorIdAttribute.TryRead(found.Value, out uint id) ? id : null;

    /// <summary>CLUSTER_LIST; empty when missing, malformed, or from another AS.</summary>
    public readonly ClusterList ClusterList => new(Whole(AttributeType.ClusterList, sizeof(uint)));

    /// <summary>ONLY_TO_CUSTOMER; null when missing or malformed.</summary>
    public readonly uint? OnlyToCustomer =>
        TryGet(AttributeType.OnlyToCustomer, out PathAttribute found) && OnlyToCustomerAttribute.TryRead(found.Value, out uint asn) ? asn : null;

    /// <summary>The attribute of a type, when there is one that counts.</summary>
    public readonly bool TryGet(AttributeType type, out PathAttribute found)
    {
        foreach (PathAttribute attribute in Attributes)
        {
            if (attribute.Type == type)
            {
                found = attribute;
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>
    /// AS_PATH, with AS4_PATH merged into it when the peer speaks two octets (RFC 6793 4.2.3); false when missing or malformed.
    /// The scratch holds a merged path; three times the message's length is always enough, and without AS4_PATH none is needed.
    /// </summary>
    public readonly bool TryGetAsPath(Span<byte> scratch, out AsPath path)
    {
        path = default;
        if (!TryGet(AttributeType.AsPath, out PathAttribute found) || !AsPath.TryRead(found.Value, _fourOctetAs, out AsPath plain))
        {
            return false;
        }

        path = plain;
        return IsAs4Ignored
            || !TryGet(AttributeType.As4Path, out PathAttribute wide)
            || !AsPath.TryRead(wide.Value, fourOctetAs: true, out AsPath as4Path)
            || AsPath.TryMerge(plain, as4Path, scratch, out path);
    }

    // RFC 6793 4.2.3: an aggregator that is no AS_TRANS was put there by someone who dropped the four-octet path on the way.
    private readonly bool IsAs4Ignored =>
        TryGetAggregator(AttributeType.Aggregator, _fourOctetAs) is { } narrow
        && narrow.Asn != AsNumbers.Trans
        && TryGet(AttributeType.As4Aggregator, out _);

    private readonly Aggregator? TryGetAggregator(AttributeType type, bool fourOctetAs) =>
        TryGet(type, out PathAttribute found) && BgpNet.Attributes.Aggregator.TryRead(found.Value, fourOctetAs, out Aggregator aggregator)
            ? aggregator
            : null;

    private readonly ReadOnlySpan<byte> Whole(AttributeType type, int unit) =>
        TryGet(type, out PathAttribute found) && found.Value.Length % unit == 0 ? found.Value : default;
}
