// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>Places for peers that connect from a prefix.</summary>
public sealed class DynamicPeersTests
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(90);
    private readonly DynamicPeers<string> _peers = new() { Limit = 2, Remembered = Remembered };
    private MonoTime _now;

    [Fact]
    public void AllPlacesConnected_NobodyMakesRoom()
    {
        Assert.True(Come(1));
        Assert.True(Come(2));
        Assert.False(Come(3));
        Assert.Equal(["1", "2"], Names());
        Assert.Equal(MonoTime.Never, _peers.NextLeave);
    }

    [Fact]
    public void FullWithTwoGone_TheOneAwayLongestMakesRoom()
    {
        Come(1);
        Come(2);
        Go(2);
        _now += TimeSpan.FromSeconds(1);
        Go(1);
        Assert.True(_peers.TryMakeRoom(out string? givenUp));
        Assert.Equal("2", givenUp);
        Assert.Equal(["1"], Names());
    }

    [Fact]
    public void GoneForTheTime_Leaves_AndOneThatCameBackStays()
    {
        Come(1);
        Come(2);
        Go(1);
        Go(2);
        _now += TimeSpan.FromSeconds(60);
        _peers.Note(Address(2), connected: true, _now);
        Go(1);
        Assert.Equal(_now + TimeSpan.FromSeconds(30), _peers.NextLeave);
        Assert.Empty(_peers.TakeGone(_now));
        _now += TimeSpan.FromSeconds(30);
        Assert.Equal(["1"], _peers.TakeGone(_now));
        Assert.Equal(["2"], Names());
        Assert.Equal(MonoTime.Never, _peers.NextLeave);
    }

    [Fact]
    public void LimitLowered_EndsNobodysPlaceAndAdmitsNobody()
    {
        Come(1);
        Come(2);
        _peers.Limit = 1;
        Go(1);
        Assert.False(Come(3));
        Assert.Equal(["1", "2"], Names());
    }

    [Fact]
    [Trait("Scenario", "X02")]
    public void FloodOfAMillionAddresses_KeepsTheLimitAndEveryConnectedPeer()
    {
        Come(1);
        for (uint i = 2; i < 1_000_000; i++)
        {
            _now += TimeSpan.FromMilliseconds(1);
            Assert.True(Come(i));
            Go(i);
            Assert.True(_peers.Count <= 2);
        }

        Assert.Contains("1", Names());
    }

    private bool Come(uint host)
    {
        if (!_peers.TryMakeRoom(out _))
        {
            return false;
        }

        _peers.Add(Address(host), host.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return true;
    }

    private void Go(uint host) => _peers.Note(Address(host), connected: false, _now);

    private IEnumerable<string> Names() => _peers.All.Select(static p => p.Peer).Order(StringComparer.Ordinal);

    private static IpAddr Address(uint host) => IpAddr.FromUInt32(0x64400000 + host);
}
