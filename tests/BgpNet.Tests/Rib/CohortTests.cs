// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>What happens to a cohort in the middle of something: its routes move, its peers leave.</summary>
public sealed class CohortTests
{
    private const int FullMessage = 809;
    private static readonly RibLimits Walks = new() { MostPlanned = 2 };

    /// <summary>The next route of a walk gets other attributes, or goes, before its message is written; it may be the last of its list.</summary>
    [Theory]
    [InlineData(900, true, "+90 +1")]
    [InlineData(900, false, "+90")]
    [InlineData(FullMessage + 1, true, "+1")]
    [InlineData(FullMessage + 1, false, "")]
    public void Route_MovedWhereTheWalkStands_GoesAsItIsWanted(int routes, bool stays, string log)
    {
        AdjRibOut rib = new(null, Walks);
        PolicyId all = rib.AddPolicy();
        for (int i = 0; i < routes; i++)
        {
            rib.Set(RibCases.Host(i), RouteOffer.ToAll(RibCases.Tagged(1)));
        }

        Receiver peer = new(rib, all, RibCases.OnlyIPv4);
        peer.Fill(4096);
        Assert.Equal($"+{FullMessage}", peer.TakeLog());
        if (stays)
        {
            rib.Set(RibCases.Host(FullMessage), RouteOffer.ToAll(RibCases.Tagged(2)));
        }
        else
        {
            rib.Remove(RibCases.Host(FullMessage));
        }

        peer.Drain();
        Assert.Equal((log, stays ? routes : routes - 1, 0), (peer.TakeLog(), peer.Table.Count, peer.Redundant));
        string? seen = peer.Table.GetValueOrDefault(new(RibCases.Host(FullMessage), 0));
        Assert.Equal(stays ? RibCases.Seen(RibCases.OnlyIPv4, IpFamily.IPv4, RibCases.Tagged(2)) : null, seen);
    }

    [Fact]
    public void Peer_ThatLeavesInTheMiddleOfAWalk_LeavesNoWalkAndNoGroup()
    {
        RibShared shared = new(null, Walks);
        FamilyRib<IPv4Key> rib = new(shared);
        rib.AddPolicy();
        for (int i = 0; i < 900; i++)
        {
            rib.Set(RibCases.Host(i), 0, shared.Offers.Intern(RibCases.Plain));
        }

        ExportGroup<IPv4Key> group = rib.Group(0, RibCases.OnlyIPv4);
        FamilyMember peer = rib.Attach(RibCases.OnlyIPv4, 0);
        Assert.Same(group, rib.Group(0, RibCases.OnlyIPv4));
        Assert.NotEqual(0, peer.Fill(new byte[4096], first: true, default));
        Assert.Single(rib.Walking);
        peer.Detach();
        Assert.Empty(rib.Walking);
        Assert.NotSame(group, rib.Group(0, RibCases.OnlyIPv4));
    }

    /// <summary>Of two cohorts each has one peer left, which has not taken the last change: neither hears of it when the route changes again.</summary>
    [Fact]
    public void Laggards_OfTwoCohorts_HearTheLastChangeAlone()
    {
        AdjRibOut rib = new();
        PolicyId all = rib.AddPolicy();
        rib.CompleteInitialState();
        Receiver[] peers = [.. Enumerable.Range(0, 4).Select(_ => new Receiver(rib, all, RibCases.OnlyIPv4))];
        int tag = 0;
        void Change() => rib.Set(RibCases.Host(1), RouteOffer.ToAll(RibCases.Tagged(tag++)));
        Change();
        foreach (Receiver peer in peers)
        {
            peer.Drain();
        }

        Change();
        peers[0].Drain();
        peers[1].Drain();
        Change();
        peers[0].Drain();
        peers[2].Drain();
        rib.PeerDown(peers[0].Peer);
        rib.PeerDown(peers[2].Peer);
        peers[1].TakeLog();
        peers[3].TakeLog();
        Change();
        peers[1].Drain();
        peers[3].Drain();
        Assert.Equal(("+1", "+1"), (peers[1].TakeLog(), peers[3].TakeLog()));
    }
}
