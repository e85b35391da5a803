// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd.Tests;

/// <summary>Which session a packet belongs to (RFC 5880 6.3, RFC 5881 3, RFC 5883 4), and from how far it may come.</summary>
public sealed class BfdDemultiplexerTests
{
    private static readonly IpAddr Peer = IpAddr.Parse("192.0.2.1");
    private static readonly IpAddr Own = IpAddr.Parse("192.0.2.2");
    private static readonly IpAddr LinkLocal = IpAddr.Parse("fe80::1");
    private static readonly BfdPath Arrived = new(BfdHops.SingleHop, Peer, Own, 7);
    private static readonly BfdParameters Defaults = new();

    private readonly BfdDemultiplexer _sessions = new(seed: 1);

    [Fact]
    public void FirstPacket_ByAddressAndInterface_FindsTheSession()
    {
        BfdSession seven = Add(new(BfdHops.SingleHop, LinkLocal, null, 7));
        BfdSession eight = Add(new(BfdHops.SingleHop, LinkLocal, null, 8));
        Assert.Same(seven, Find(new(BfdHops.SingleHop, LinkLocal, Own, 7)));
        Assert.Same(eight, Find(new(BfdHops.SingleHop, LinkLocal, Own, 8)));
        Assert.Equal(BfdDiscard.NoSession, Reason(new(BfdHops.SingleHop, LinkLocal, Own, 9)));
        Assert.Equal(BfdDiscard.NoSession, Reason(Arrived));
    }

    [Fact]
    public void FirstPacket_SessionOnAnyInterface_IsFoundUnlessOneIsMoreExact()
    {
        BfdSession any = Add(new(BfdHops.SingleHop, Peer));
        Assert.Same(any, Find(Arrived));
        BfdSession exact = Add(Arrived with { Local = null });
        Assert.Same(exact, Find(Arrived));
        Assert.Same(any, Find(Arrived with { Interface = 8 }));
    }

    [Fact]
    public void FirstPacket_MultiHop_IsToldApartByBothAddresses()
    {
        BfdPath path = new(BfdHops.MultiHop, Peer, Own);
        BfdSession first = Add(path);
        BfdSession second = Add(path with { Local = IpAddr.Parse("192.0.2.3") });
        Assert.Same(first, Find(path with { Interface = 5 }));
        Assert.Same(second, Find(path with { Local = IpAddr.Parse("192.0.2.3"), Interface = 6 }));
        Assert.Equal(BfdDiscard.NoSession, Reason(path with { Local = IpAddr.Parse("192.0.2.4") }));
        Assert.Equal(BfdDiscard.NoSession, Reason(Arrived));
        BfdSession any = Add(path with { Local = null });
        Assert.Same(any, Find(path with { Local = IpAddr.Parse("192.0.2.4") }));
    }

    [Theory]
    [InlineData(BfdState.Init)]
    [InlineData(BfdState.Up)]
    public void FirstPacket_SaysThatItHearsUs_IsRefused(BfdState state)
    {
        _ = Add(Arrived);
        Assert.Equal(BfdDiscard.StateWithoutDiscriminator, Reason(Arrived, 0, state));
    }

    [Fact]
    [Trait("Scenario", "B05")]
    public void Discriminator_Known_IsBelievedFromItsPathAlone()
    {
        BfdSession session = Add(Arrived);
        uint own = session.LocalDiscriminator;
        Assert.Same(session, Find(Arrived, own));
        Assert.Same(session, Find(Arrived with { Local = null }, own));
        Assert.Equal(BfdDiscard.UnknownDiscriminator, Reason(Arrived, own + 1));
        Assert.Equal(BfdDiscard.PathMismatch, Reason(Arrived with { Interface = 8 }, own));
        Assert.Equal(BfdDiscard.PathMismatch, Reason(Arrived with { Remote = Own }, own));
        Assert.Equal(BfdDiscard.PathMismatch, Reason(Arrived with { Hops = BfdHops.MultiHop }, own));
    }

    [Fact]
    public void Session_AddedTwice_IsTheSameOne()
    {
        BfdSession session = Add(Arrived);
        Assert.False(_sessions.TryAdd(Arrived with { Local = IpAddr.Parse("192.0.2.9") }, Defaults, out BfdSession again));
        Assert.Same(session, again);
        Assert.Equal(1, _sessions.Count);
    }

    [Fact]
    public void Session_Removed_IsFoundNoMoreAndItsPathIsFree()
    {
        BfdSession session = Add(Arrived);
        Assert.True(_sessions.Remove(session));
        Assert.False(_sessions.Remove(session));
        Assert.Equal(BfdDiscard.UnknownDiscriminator, Reason(Arrived, session.LocalDiscriminator));
        Assert.Equal(BfdDiscard.NoSession, Reason(Arrived));
        Assert.NotSame(session, Add(Arrived));
    }

    [Fact]
    public void Discriminators_OfTenThousandSessions_AreDistinctAndNotZero()
    {
        HashSet<uint> seen = [0];
        for (int i = 1; i <= 10_000; i++)
        {
            Assert.True(seen.Add(Add(Arrived with { Interface = i }).LocalDiscriminator));
        }
    }

    [Theory]
    [Trait("Rfc", "5881-5")]
    [InlineData(BfdHops.SingleHop, 1, 255, true)]
    [InlineData(BfdHops.SingleHop, 1, 254, false)]
    [InlineData(BfdHops.SingleHop, 1, 0, false)]
    [InlineData(BfdHops.MultiHop, 250, 255, true)]
    [InlineData(BfdHops.MultiHop, 250, 250, true)]
    [InlineData(BfdHops.MultiHop, 250, 249, false)]
    public void HopLimit_OnArrival_IsChecked(BfdHops hops, byte configured, byte arrived, bool taken)
    {
        Bench bench = new Bench(new BfdParameters { MinimumHopLimit = configured }, path: Arrived with { Hops = hops }).Enable();
        Assert.Equal(taken ? BfdDiscard.None : BfdDiscard.HopLimitTooLow, bench.Receive(bench.From(BfdState.Down, 0), arrived).Discard);
        Assert.Equal(taken ? BfdState.Init : BfdState.Down, bench.Session.State);
    }

    [Fact]
    public void Session_GivenAPacketOfAnother_RefusesItItself()
    {
        Bench bench = new Bench().Settled();
        Assert.Equal(BfdDiscard.UnknownDiscriminator, bench.Receive(bench.From(BfdState.Down, Bench.Local + 1)).Discard);
        Assert.Equal(BfdDiscard.StateWithoutDiscriminator, bench.Receive(bench.From(BfdState.Up, 0)).Discard);
        Assert.Equal(BfdState.Up, bench.Session.State);
    }

    [Fact]
    public void Peer_RestartedWithAnotherDiscriminator_EndsTheOldSessionAndIsFollowed()
    {
        Bench bench = new Bench().Settled().Receive(new Bench().From(BfdState.Down, 0) with { MyDiscriminator = 99 });
        Assert.Equal(new BfdTransition(BfdState.Up, BfdState.Down, BfdCause.PeerDown), bench.Transition);
        Assert.Equal(99u, bench.Sent!.Value.YourDiscriminator);
    }

    [Theory]
    [InlineData(BfdHops.SingleHop, 3784)]
    [InlineData(BfdHops.MultiHop, 4784)]
    public void Path_Port_IsThatOfItsKind(BfdHops hops, ushort port) => Assert.Equal(port, new BfdPath(hops, Peer).Port);

    private BfdSession Add(BfdPath path)
    {
        Assert.True(_sessions.TryAdd(path, Defaults, out BfdSession session));
        return session;
    }

    private BfdSession Find(BfdPath arrived, uint yourDiscriminator = 0)
    {
        Assert.True(_sessions.TryFind(Packet(yourDiscriminator, BfdState.Down), arrived, out BfdSession? session, out _));
        return session;
    }

    private BfdDiscard Reason(BfdPath arrived, uint yourDiscriminator = 0, BfdState state = BfdState.Down)
    {
        Assert.False(_sessions.TryFind(Packet(yourDiscriminator, state), arrived, out BfdSession? session, out BfdDiscard reason));
        Assert.Null(session);
        return reason;
    }

    private static BfdPacket Packet(uint yourDiscriminator, BfdState state) =>
        new() { State = state, DetectMultiplier = 3, Length = 24, MyDiscriminator = 5, YourDiscriminator = yourDiscriminator };
}
