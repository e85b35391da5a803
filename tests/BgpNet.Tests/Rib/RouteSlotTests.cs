// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Rib;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>Slots of routes that are gone are used again: a RIB that changes for years is no larger than its routes.</summary>
public sealed class RouteSlotTests
{
    private readonly RibShared _shared = new(null, new RibLimits());
    private readonly FamilyRib<IPv4Key> _rib;
    private readonly byte[] _buffer = new byte[4096];

    public RouteSlotTests()
    {
        _rib = new(_shared);
        _rib.AddPolicy();
    }

    [Fact]
    public void Route_RemovedBeforeAnybodyKnewIt_LeavesItsSlot()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.True(Set(i));
            Assert.True(Remove(i));
        }

        Assert.Equal((2, 0), (_rib.Table.End, _rib.Count));
    }

    [Fact]
    public void Route_ThatWasNeverWanted_TakesNoSlot()
    {
        Assert.False(Remove(1));
        Assert.Equal(1, _rib.Table.End);
    }

    [Fact]
    public void Route_ThatPeersKnow_LeavesItsSlotWhenTheLastHasHeard()
    {
        FamilyMember[] peers = [_rib.Attach(RibCases.OnlyIPv4, 0), _rib.Attach(RibCases.OnlyIPv4, 0)];
        for (int i = 0; i < 100; i++)
        {
            Set(i);
            Fill(peers);
            Remove(i);
            Fill(peers);
        }

        Assert.Equal((2, 0, 0), (_rib.Table.End, _rib.Count, _shared.Attributes.Count));
        Set(100);
        Fill(peers);
        Remove(100);
        Fill(peers[0]);
        Set(101);
        Assert.Equal(3, _rib.Table.End);
        Fill(peers);
        Set(102);
        Assert.Equal(3, _rib.Table.End);
    }

    [Fact]
    public void Route_ThatAPeerKnewAndTookWithIt_LeavesItsSlot()
    {
        FamilyMember peer = _rib.Attach(RibCases.OnlyIPv4, 0);
        Set(1);
        Fill(peer);
        Remove(1);
        peer.Detach();
        Set(2);
        Assert.Equal((2, 1), (_rib.Table.End, _rib.Count));
    }

    /// <summary>
    /// The peer that lags has taken the message of the route, but not the block behind it: while the route is removed, nobody's knowledge
    /// holds the slot for a moment.
    /// </summary>
    [Fact]
    public void Route_RemovedWhileAPeerStandsBehindItInABlock_IsWithdrawnFromAll()
    {
        const int Each = 700;
        FamilyMember[] peers = [_rib.Attach(RibCases.OnlyIPv4, 0), _rib.Attach(RibCases.OnlyIPv4, 0)];
        for (int era = 0; era < 2; era++)
        {
            for (int i = 0; i < 2 * Each; i++)
            {
                Set(i, (10 * era) + (i / Each));
            }

            // In the second era the second peer takes one message of two.
            Fill(peers[0]);
            Assert.InRange(peers[1].Fill(_buffer, first: true, default), 3500, 4096);
            if (era == 0)
            {
                Fill(peers[1]);
            }
        }

        Remove(0);
        Set(5000, 1);
        Assert.Equal((1, RouteState.WaitsToWithdraw, RouteState.WaitsToWithdraw), (peers[0].Advertised - (2 * Each) + 1, State(peers[0], 0), State(peers[1], 0)));
        Fill(peers);
        Assert.Equal((2 * Each, 2 * Each), (peers[0].Advertised, peers[1].Advertised));
        Assert.Equal((RouteState.None, RouteState.None, 2 * Each), (State(peers[0], 0), State(peers[1], 0), _rib.Count));
    }

    private bool Set(int number, int tag = 0) => _rib.Set(RibCases.Host(number), 0, _shared.Offers.Intern(RouteOffer.ToAll(RibCases.Tagged(tag))));

    private bool Remove(int number) => _rib.Set(RibCases.Host(number), 0, 0);

    private RouteState State(FamilyMember peer, int number) => _rib.StateOf(new(RibCases.Host(number), 0), peer);

    private void Fill(params ReadOnlySpan<FamilyMember> peers)
    {
        foreach (FamilyMember peer in peers)
        {
            while (peer.FillWithdrawals(_buffer, first: true, default) + peer.Fill(_buffer, first: true, default) > 0)
            {
            }
        }
    }
}
