// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>
/// The attributes that routes are announced with, next hop apart: that is the session's own. Routes are packed together
/// when the octets this writes are the same.
/// </summary>
public sealed record RouteAttributes
{
    /// <summary>Where the routes come from.</summary>
    public Origin Origin { get; init; } = Origin.Igp;

    /// <summary>The AS numbers, nearest first; none within an AS.</summary>
    public ImmutableArray<uint> AsPath { get; init; } = [];

    /// <summary>MULTI_EXIT_DISC, when it is sent.</summary>
    public uint? Med { get; init; }

    /// <summary>LOCAL_PREF, when it is sent: always within an AS, never else.</summary>
    public uint? LocalPref { get; init; }

    /// <summary>Communities.</summary>
    public ImmutableArray<Community> Communities { get; init; } = [];

    /// <summary>Extended communities.</summary>
    public ImmutableArray<ExtendedCommunity> ExtendedCommunities { get; init; } = [];

    /// <summary>Large communities.</summary>
    public ImmutableArray<LargeCommunity> LargeCommunities { get; init; } = [];

    /// <summary>ONLY_TO_CUSTOMER, when it is sent.</summary>
    public uint? OnlyToCustomer { get; init; }

    /// <summary>
    /// Writes the attributes in ascending order, for a peer that speaks AS numbers of four octets or of two; false when they
    /// do not fit.
    /// </summary>
    public bool TryWrite(Span<byte> destination, bool fourOctetAs, out int length)
    {
        SpanWriter writer = new(destination);
        bool fits = OriginAttribute.TryWrite(ref writer, Origin)
            && Attributes.AsPath.TryWrite(ref writer, AsPath.AsSpan(), fourOctetAs)
            && (Med is not { } med || MedAttribute.TryWrite(ref writer, med))
            && (LocalPref is not { } localPref || LocalPrefAttribute.TryWrite(ref writer, localPref))
            && CommunityList.TryWrite(ref writer, Communities.AsSpan())
            && ExtendedCommunityList.TryWrite(ref writer, ExtendedCommunities.AsSpan())
            && (fourOctetAs || !Attributes.AsPath.NeedsAs4(AsPath.AsSpan()) || Attributes.AsPath.TryWriteAs4(ref writer, AsPath.AsSpan()))
            && LargeCommunityList.TryWrite(ref writer, LargeCommunities.AsSpan())
            && (OnlyToCustomer is not { } asn || OnlyToCustomerAttribute.TryWrite(ref writer, asn));
        length = fits ? writer.Position : 0;
        return fits;
    }
}
