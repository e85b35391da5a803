// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

/// <summary>As many virtual routers as there can be, behind one receive path.</summary>
public sealed class ManyRoutersTests
{
    private const int RoutersOfAnInterface = 255;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Down = TimeSpan.FromMilliseconds(360.9375);

    private readonly VrrpDemultiplexer _demultiplexer = new();
    private readonly List<VrrpInstance> _all = [];
    private readonly Recorder _seen = new();
    private MonoTime _now = new(1_000_000_000_000);

    [Theory]
    [InlineData(1, RoutersOfAnInterface)]
    [InlineData(4, 250)]
    [Trait("Scenario", "MIX-35")]
    [Trait("Scenario", "SC-03")]
    public void Master_OfAllDies_EachIsTakenOverInItsTime(int interfaces, int routers)
    {
        Start(interfaces, routers);
        for (int round = 0; round < 10; round++)
        {
            Run(_now + Interval);
            HearAll(200);
        }

        Assert.All(_all, static instance => Assert.Equal(VrrpState.Backup, instance.State));
        MonoTime last = _now;
        Run(last + Down - TimeSpan.FromTicks(1));
        Assert.All(_all, static instance => Assert.Equal(VrrpState.Backup, instance.State));
        _seen.Clear();
        Run(last + Down);
        Assert.All(_all, instance => Assert.Equal((VrrpState.Master, last + Down), (instance.State, instance.Since)));
        Assert.Equal(interfaces * routers, _seen.Sent.Count);
        Assert.Equal(interfaces * routers, _seen.Log.Count(static line => line == "hold"));

        // And back, when it is there again: every one at once.
        HearAll(200);
        Assert.All(_all, static instance => Assert.Equal((VrrpState.Backup, VrrpReason.SuperiorHeard), (instance.State, instance.Reason)));
    }

    [Fact]
    [Trait("Scenario", "RX-43")]
    [Trait("Scenario", "TX-16")]
    public void Flood_ForOneRouter_LeavesTheOtherItsCadence()
    {
        Start(1, 2);
        Run(_now + TimeSpan.FromSeconds(20));
        Assert.All(_all, static instance => Assert.Equal(VrrpState.Master, instance.State));
        long before = _all[1].Counters.Sent;
        for (int i = 0; i < 5000; i++)
        {
            Run(_now + TimeSpan.FromMilliseconds(1));
            Hear(_all[0], 200);
        }

        Assert.Equal((VrrpState.Backup, VrrpState.Master), (_all[0].State, _all[1].State));
        Assert.Equal((1u, 50L), (_all[1].Counters.BecameMaster, _all[1].Counters.Sent - before));
        Assert.Equal(0, _all[1].Counters.Received);
    }

    private void Start(int interfaces, int routers)
    {
        for (int link = 1; link <= interfaces; link++)
        {
            for (int router = 1; router <= routers; router++)
            {
                VrrpParameters parameters = Bench.Parameters() with { VirtualRouterId = (byte)router };
                VrrpInstance instance = new(new VrrpKey(link, IpFamily.IPv4, (byte)router), parameters);
                Assert.True(_demultiplexer.TryAdd(instance));
                _all.Add(instance);
                _ = instance.Step(VrrpEvent.Source(Bench.Own, 24), _now, _seen);
                _ = instance.Step(VrrpEvent.Start, _now, _seen);
            }
        }
    }

    private void Run(MonoTime end)
    {
        foreach (VrrpInstance instance in _all)
        {
            while (instance.NextDeadline <= end)
            {
                _ = instance.Step(VrrpEvent.Timer, instance.NextDeadline, _seen);
            }
        }

        _now = end;
    }

    private void HearAll(byte priority)
    {
        foreach (VrrpInstance instance in _all)
        {
            Hear(instance, priority);
        }
    }

    private void Hear(VrrpInstance instance, byte priority)
    {
        byte[] octets = new Bench(instance.Parameters).Message(priority, Bench.Lower);
        VrrpArrival arrival = new(Bench.Lower, VrrpWire.IPv4Group, VrrpWire.FullHopLimit, instance.Key.InterfaceIndex);
        Assert.Equal(VrrpDiscard.None, _demultiplexer.Receive(octets, arrival, _now, _seen, out VrrpInstance? found));
        Assert.Same(instance, found);
    }
}
