// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>A peer whose transport is full, beside others whose is not.</summary>
// Alone: the heap it measures is that of the whole process.
[CollectionDefinition(nameof(SlowPeerTests), DisableParallelization = true)]
[Collection(nameof(SlowPeerTests))]
public sealed class SlowPeerTests
{
    private static readonly RouteOffer Other = RouteOffer.ToAll(RibCases.Tagged(7));
    private readonly AdjRibOut _rib = new();
    private readonly PolicyId _all;

    public SlowPeerTests()
    {
        _all = _rib.AddPolicy();
        _rib.CompleteInitialState();
    }

    [Fact]
    [Trait("Scenario", "S25")]
    public void StuckPeer_OfEight_HearsTheNetDifferenceAndDelaysNobody()
    {
        SetMany(0, 1000, RibCases.Plain);
        Receiver[] peers = Peers(8);
        Receiver stuck = peers[3];
        for (int change = 0; change < 50; change++)
        {
            _rib.Set(RibCases.Host(change), Other);
            _rib.Set(RibCases.Host(5000 + change), RibCases.Plain);
            Others(peers, stuck, peer => Assert.Equal(2, DrainRoutes(peer)));
            _rib.Remove(RibCases.Host(5000 + change));
            _rib.Set(RibCases.Host(change), change == 0 ? Other : RibCases.Plain);
            Others(peers, stuck, peer => Assert.Equal(change == 0 ? 1 : 2, DrainRoutes(peer)));
        }

        Assert.Equal(1, DrainRoutes(stuck));
        Assert.Equal(stuck.Table, peers[0].Table);
        long encoded = _rib.MessagesEncoded;
        _rib.Set(RibCases.Host(1), Other);
        Assert.All(peers, peer => Assert.Equal(1, DrainRoutes(peer)));
        Assert.Equal(encoded + 1, _rib.MessagesEncoded);
    }

    [Fact]
    public void Route_AddedAndWithdrawnWhileThePeerStands_IsNeverHeardOf()
    {
        Receiver[] peers = Peers(2);
        _rib.Set(RibCases.Host(1), RibCases.Plain);
        peers[0].Drain();
        _rib.Remove(RibCases.Host(1));
        Assert.Equal(0, peers[1].Fill());
        peers[0].Drain();
        Assert.Equal("+1 -1", peers[0].TakeLog());
        Assert.Equal(0, peers[1].Fill());
        Assert.Equal(0, _rib.AttributeSets);
    }

    [Fact]
    public void Peer_FarBehindInTheFirstSending_LeavesTheOthersAndComesBack()
    {
        SetMany(0, 200_000, RibCases.Plain);
        Receiver fast = new(_rib, _all, RibCases.OnlyIPv4);
        Receiver slow = new(_rib, _all, RibCases.OnlyIPv4);
        Assert.NotEqual(0, slow.Fill());
        fast.Drain();
        Assert.Equal(200_000, fast.Table.Count);
        slow.Drain();
        Assert.Equal(fast.Table, slow.Table);
        Assert.Equal(0, slow.Redundant);
        long encoded = _rib.MessagesEncoded;
        _rib.Set(RibCases.Host(1), Other);
        Assert.Equal(1, DrainRoutes(fast) * DrainRoutes(slow));
        Assert.Equal(encoded + 1, _rib.MessagesEncoded);
    }

    [Fact]
    [Trait("Scenario", "F38")]
    public void Change_WhileAnotherPeerIsSentEverything_GoesOutAtOnce()
    {
        SetMany(0, 100_000, RibCases.Plain);
        Receiver ready = new(_rib, _all, RibCases.OnlyIPv4);
        ready.Drain();
        Receiver late = new(_rib, _all, RibCases.OnlyIPv4);
        int slices = 0;
        for (; late.Table.Count < 100_000; slices++)
        {
            Assert.InRange(late.Fill(), 1, 1 << 16);
            _rib.Set(RibCases.Host(slices), slices % 2 == 0 ? Other : RibCases.Plain);
            Assert.Equal(slices % 2 == 0 ? 1 : 0, DrainRoutes(ready));
        }

        Assert.InRange(slices, 7, 10);
        late.Drain();
        Assert.Equal(ready.Table, late.Table);
    }

    [Fact]
    public void MillionChanges_BesideAStuckPeer_LeaveMemoryWhereItWas()
    {
        const int Routes = 10_000;
        SetMany(0, Routes, RibCases.Plain);
        Receiver[] peers = Peers(2);
        Churn(peers[0], 0, 30_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Churn(peers[0], 30_000, 1_030_000);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        // A message kept for each change would be 50 MB.
        Assert.InRange(grown, long.MinValue, 5_000_000);
        int waits = _rib.Snapshot(peers[1].Peer, IpFamily.IPv4).Count(route => route.State != RouteState.Advertised);
        Assert.InRange(waits, 1, Routes);
        Assert.Equal(waits, DrainRoutes(peers[1]));
        Assert.Equal(peers[0].Table, peers[1].Table);
    }

    private void Churn(Receiver reader, int from, int to)
    {
        RouteOffer[] offers = [RibCases.Plain, Other, RouteOffer.ToAll(RibCases.Tagged(8))];
        for (int i = from; i < to; i++)
        {
            int route = (int)((long)i * 7919 % 10_000);
            if (i % 4 == 3)
            {
                _rib.Remove(RibCases.Host(route));
            }
            else
            {
                _rib.Set(RibCases.Host(route), offers[i % 3]);
            }

            if (i % 1000 == 999)
            {
                reader.Drain();
                reader.Log.Clear();
            }
        }
    }

    private Receiver[] Peers(int count)
    {
        Receiver[] peers = [.. Enumerable.Range(0, count).Select(_ => new Receiver(_rib, _all, RibCases.OnlyIPv4))];
        foreach (Receiver peer in peers)
        {
            peer.Drain();
            peer.TakeLog();
        }

        return peers;
    }

    private void SetMany(int from, int to, RouteOffer offer)
    {
        for (int i = from; i < to; i++)
        {
            _rib.Set(RibCases.Host(i), offer);
        }
    }

    private static int DrainRoutes(Receiver peer)
    {
        int before = peer.Routes;
        peer.Drain();
        return peer.Routes - before;
    }

    private static void Others(Receiver[] peers, Receiver stuck, Action<Receiver> check) => Assert.All(peers.Where(peer => peer != stuck), check);
}
