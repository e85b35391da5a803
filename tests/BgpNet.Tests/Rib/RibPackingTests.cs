// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>How full messages are, and that encoding them leaves no garbage.</summary>
public sealed class RibPackingTests
{
    private readonly AdjRibOut _rib = new();
    private readonly PolicyId _all;

    public RibPackingTests()
    {
        _all = _rib.AddPolicy();
        _rib.CompleteInitialState();
    }

    [Theory]
    [Trait("Scenario", "C084")]
    [InlineData(IpFamily.IPv4, false, false, 810)]
    [InlineData(IpFamily.IPv4, true, false, 810)]
    [InlineData(IpFamily.IPv4, false, true, 450)]
    [InlineData(IpFamily.IPv6, false, false, 237)]
    [InlineData(IpFamily.IPv6, true, false, 237)]
    public void Routes_OfOneSet_FillEachMessage(IpFamily family, bool extended, bool addPath, int full)
    {
        ExportTerms terms = RibCases.External with { ExtendedMessages = extended, AddPathIPv4 = addPath, IPv4Unicast = family == IpFamily.IPv4, IPv6Unicast = family == IpFamily.IPv6 };
        SetMany(family, full * 12 + 1, sets: 1);
        Receiver peer = new(_rib, _all, terms);
        peer.Drain();
        Assert.Equal(string.Concat(Enumerable.Repeat($"+{full} ", 12)) + $"+1 EoR/{AfiSafi.Unicast(family)}", peer.TakeLog());
        for (int i = 0; i < full * 12 + 1; i++)
        {
            _rib.Remove(family == IpFamily.IPv4 ? RibCases.Host(i) : RibCases.HostIPv6(i));
        }

        int before = peer.Updates;
        peer.Drain();
        Assert.Empty(peer.Table);
        Assert.InRange(peer.Updates - before, 12, 13);
        Assert.Equal(0, _rib.AttributeSets);
    }

    /// <summary>Attributes of more than a short message holds go in long ones, beside others in short ones, whichever way they are ordered.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(20_000)]
    public void LongAttributes_WithExtendedMessages_AloneMakeALongMessage(int routes)
    {
        RouteOffer wide = RouteOffer.ToAll(new RouteAttributes { Communities = [.. Enumerable.Repeat(Community.NoExport, 2000)] });
        for (int i = 0; i < routes; i++)
        {
            _rib.Set(RibCases.Host(i), i % 2 == 0 ? RibCases.Plain : wide);
        }

        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4 with { ExtendedMessages = true });
        peer.Drain();
        Assert.Equal(routes, peer.Routes);
        Assert.Equal((((routes / 2) + 808) / 809) + (((routes / 2) + 11_499) / 11_500), peer.Updates);
    }

    /// <summary>Both ways of ordering: few that wait are sorted, many are walked offer by offer.</summary>
    [Theory]
    [InlineData(8000, 100)]
    [InlineData(100_000, 100)]
    [InlineData(100_000, 1000)]
    public void Routes_OfManySetsInTurn_ShareAMessageForEachSet(int routes, int sets)
    {
        SetMany(IpFamily.IPv4, routes, sets);
        Receiver alone = new(_rib, _all, RibCases.OnlyIPv4);
        alone.Drain();
        int least = sets * (((routes / sets) + 808) / 809);
        Assert.Equal(least, alone.Updates);
        Assert.Equal(routes, alone.Routes);
        Receiver[] together = [new(_rib, _all, RibCases.OnlyIPv4), new(_rib, _all, RibCases.OnlyIPv4)];
        for (int more = 1; more > 0;)
        {
            more = together[0].Fill() + together[1].Fill();
        }

        Assert.Equal(least, together[0].Updates);
        Assert.Equal(alone.Table, together[1].Table);
        Assert.Equal(2 * least, _rib.MessagesEncoded);
    }

    [Fact]
    public void SetsOfTwoOffers_ThatComeToTheSameForAPolicy_ShareMessages()
    {
        PolicyId other = _rib.AddPolicy();
        for (int i = 0; i < 9000; i++)
        {
            _rib.Set(RibCases.Host(i), RouteOffer.ToAll(RibCases.Tagged(i % 2)).With(other, RibCases.Tagged(100 + (i % 50))));
        }

        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        peer.Drain();
        Assert.Equal(12, peer.Updates);
    }

    [Fact]
    public void SteadyState_ChangesForManyPeers_AllocateNothing()
    {
        SetMany(IpFamily.IPv4, 10_000, sets: 10);
        RibPeer[] peers = [.. Enumerable.Range(0, 8).Select(_ => _rib.PeerUp(_all, RibCases.External))];
        RouteOffer[] offers = [RouteOffer.ToAll(RibCases.Tagged(1)), RouteOffer.ToAll(RibCases.Tagged(2))];
        byte[] buffer = new byte[1 << 16];
        long sent = 0;
        int round = 0;
        Assert.Equal(0, AllocationMeter.LeastOf(1, () => sent += Round(peers, offers, buffer, round++)));
        Assert.InRange(sent, 8 * 8 * 2000 * 40, long.MaxValue);
    }

    // Single changes, then thousands at once, then withdrawals and the same again.
    private long Round(RibPeer[] peers, RouteOffer[] offers, byte[] buffer, int round)
    {
        long sent = 0;
        for (int i = 0; i < 2000; i++)
        {
            _rib.Set(RibCases.Host(i), offers[(round + i) & 1]);
            sent += Drain(peers, buffer);
        }

        for (int i = 0; i < 5000; i++)
        {
            _rib.Set(RibCases.Host(i), offers[(round + i + 1) & 1]);
        }

        sent += Drain(peers, buffer);
        for (int i = 0; i < 5000; i++)
        {
            _rib.Remove(RibCases.Host(i));
        }

        sent += Drain(peers, buffer);
        for (int i = 0; i < 5000; i++)
        {
            _rib.Set(RibCases.Host(i), offers[(round + i + 1) & 1]);
        }

        return sent + Drain(peers, buffer);
    }

    private long Drain(RibPeer[] peers, byte[] buffer)
    {
        long sent = 0;
        foreach (RibPeer peer in peers)
        {
            for (int length = 1; length > 0;)
            {
                length = _rib.Fill(peer, buffer, default);
                sent += length;
            }
        }

        return sent;
    }

    private void SetMany(IpFamily family, int count, int sets)
    {
        RouteOffer[] offers = [.. Enumerable.Range(0, sets).Select(set => sets == 1 ? RibCases.Plain : RouteOffer.ToAll(RibCases.Tagged(set)))];
        for (int i = 0; i < count; i++)
        {
            _rib.Set(family == IpFamily.IPv4 ? RibCases.Host(i) : RibCases.HostIPv6(i), offers[i % sets]);
        }
    }
}
