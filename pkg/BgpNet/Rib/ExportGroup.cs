// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>The peers of one policy whose messages of one family look the same, in cohorts of those that know the same.</summary>
internal sealed class ExportGroup<TKey>
    where TKey : unmanaged, IPrefixKey<TKey>
{
    // What may stand in a message beside attributes and one prefix: header, lengths, MP_REACH_NLRI with two next hops.
    private const int MostBeside = MessageFrame.HeaderLength + 4 + 4 + AfiSafi.Length + 2 + 32 + 4 + 17;
    private readonly AttributeEncoder _encoder;

    public ExportGroup(FamilyPolicy<TKey> policy, AttributeEncoder encoder, ExportTerms terms)
    {
        Policy = policy;
        _encoder = encoder;
        Format = terms.Format(TKey.Family);
        ShortFormat = Format with { ExtendedMessages = false };
        NextHop = terms.NextHop(TKey.Family);
        Interval = terms.AdvertisementInterval;
    }

    public FamilyPolicy<TKey> Policy { get; }

    public UpdateFormat Format { get; }

    /// <summary>How messages are written that need no more than 4,096 octets, as withdrawals never do.</summary>
    public UpdateFormat ShortFormat { get; }

    public NextHop? NextHop { get; }

    public TimeSpan Interval { get; }

    public List<Cohort<TKey>> Cohorts { get; } = [];

    public bool Takes(AttributeEncoder encoder, ExportTerms terms) =>
        encoder == _encoder && terms.Format(TKey.Family) == Format && terms.NextHop(TKey.Family) == NextHop && terms.AdvertisementInterval == Interval;

    public ReadOnlySpan<byte> Octets(int attributes) => _encoder.Octets(attributes);

    /// <summary>
    /// How routes with these attributes are written: in long messages only where a single one needs it. Long ones save next to
    /// no octets, and FRR takes a table in them noticeably more slowly.
    /// </summary>
    public UpdateFormat FormatFor(int attributes) => Octets(attributes).Length > ShortFormat.MaxLength - MostBeside ? Format : ShortFormat;

    /// <summary>What of a route's attributes these peers get: all or nothing.</summary>
    public int Filter(int attributes, uint pathId) =>
        attributes != 0 && Refusal(attributes, pathId) == RouteState.Advertised ? attributes : 0;

    /// <summary>Why these peers do not get a route that their policy gives them; Advertised when they do.</summary>
    public RouteState Refusal(int attributes, uint pathId) =>
        NextHop is null ? RouteState.NoNextHop
        : pathId != 0 && !Format.AddPath ? RouteState.NoAddPath
        : _encoder.Octets(attributes).Length > Format.MaxLength - MostBeside ? RouteState.AttributesTooLong
        : RouteState.Advertised;

    /// <summary>Tells every cohort that a route is wanted otherwise than it was.</summary>
    public void Change(int slot, uint pathId, int before, int after)
    {
        before = Filter(before, pathId);
        after = Filter(after, pathId);
        if (before == after)
        {
            return;
        }

        // Down from the last, as the new cohorts of those that lag come behind and an empty one goes.
        for (int i = Cohorts.Count - 1; i >= 0; i--)
        {
            Cohorts[i].BeforeChange(slot);
        }

        foreach (Cohort<TKey> cohort in Cohorts)
        {
            cohort.Change(slot, before, after);
        }
    }
}
