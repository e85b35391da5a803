// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Holding;

namespace LoadBalancer.Vipd.Tests.Holding;

public sealed class WaitingFramesTests
{
    private const int Addresses = 255;
    private const int Repeat = 5;
    private static readonly InterfaceFacts Link = new(2, "eth0", MacAddr.Parse("02:00:00:00:00:01"), IpAddr.Parse("fe80::1"));

    private readonly WaitingFrames _waiting = new();

    [Theory]
    [InlineData(1)]
    [InlineData(Addresses)]
    [Trait("Scenario", "ARP-01")]
    [Trait("Scenario", "ARP-04")]
    public void Frames_OfManyAddresses_NameEachOnceBeforeAnyAgain(int holdings)
    {
        Vipd.Holding.Holding[] holders = [.. Enumerable.Range(0, holdings).Select(static i => Holder($"vip-{i}"))];
        for (int i = 0; i < Addresses; i++)
        {
            _waiting.Add(holders[i % holdings], IpAddr.Parse($"192.0.2.{i}"), Link, Repeat, refresh: false);
        }

        List<WaitingFrame> taken = TakeAll();

        Assert.Equal(Addresses * Repeat * 2, taken.Count);
        Assert.Equal(Addresses, taken.Take(Addresses).Select(static t => t.Frame.Address).Distinct().Count());
        Assert.All(taken.Take(Addresses), static t => Assert.Equal(GratuitousForm.ArpRequest, t.Frame.Form));
        Assert.All(taken.Skip(Addresses).Take(Addresses), static t => Assert.Equal(GratuitousForm.ArpReply, t.Frame.Form));
        Assert.All(taken.CountBy(static t => (t.Frame.Address, t.Frame.Form)), static c => Assert.Equal(Repeat, c.Value));
    }

    [Fact]
    public void Refresh_IsLast_WheneverItWasQueued()
    {
        _waiting.Add(Holder("refreshed"), IpAddr.Parse("192.0.2.1"), Link, 1, refresh: true);
        _waiting.Add(Holder("new"), IpAddr.Parse("2001:db8::1"), Link, 2, refresh: false);

        Assert.Equal(["new", "new", "refreshed", "refreshed"], TakeAll().Select(static t => t.Holding.Plan.Name));
        Assert.True(_waiting.IsEmpty);
    }

    private static Vipd.Holding.Holding Holder(string name) => new(new() { Name = name });

    private List<WaitingFrame> TakeAll()
    {
        List<WaitingFrame> taken = [];
        while (_waiting.TryTake(out WaitingFrame frame))
        {
            frame.Holding.FramesWaiting--;
            Assert.True(frame.Holding.FramesWaiting >= 0);
            taken.Add(frame);
        }

        return taken;
    }
}
