// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.Vrrp.Tests;

[Collection(nameof(CostTests))]
[CollectionDefinition(nameof(CostTests), DisableParallelization = true)]
public sealed class CostTests(ITestOutputHelper log)
{
    private const int Instances = 4000;
    private static readonly byte[] Advertisement = new Bench().Message(200, Bench.Lower);

    [Fact]
    [Trait("Scenario", "RX-43")]
    public void Exchange_MasterAndBackup_AllocatesNothing()
    {
        Silent sink = new();
        VrrpInstance master = Running(sink, 1);
        VrrpInstance backup = Running(sink, 1);
        byte[] octets = new Bench().Message(200, Bench.Lower);
        octets = Bench.Patched(octets, Bench.Lower, VrrpWire.IPv4Group, (1, master.Key.VirtualRouterId));
        byte[] weak = Bench.Patched(octets, Bench.Lower, VrrpWire.IPv4Group, (2, 50));
        VrrpArrival arrival = new(Bench.Lower, VrrpWire.IPv4Group, 255, 1);
        VrrpArrival far = arrival with { HopLimit = 9 };
        MonoTime now = new(2_000_000_000);
        Assert.Equal(0, AllocationMeter.LeastOf(10_000, () =>
        {
            now += TimeSpan.FromMilliseconds(100);
            Assert.True(VrrpPacket.TryRead(octets, Bench.Lower, VrrpWire.IPv4Group, out VrrpPacket packet, out _));
            _ = backup.Step(VrrpEvent.Received(packet, arrival), now, sink);
            _ = backup.Step(VrrpEvent.Received(packet, far), now, sink);
            _ = master.Step(VrrpEvent.Timer, now, sink);
            Assert.True(VrrpPacket.TryRead(weak, Bench.Lower, VrrpWire.IPv4Group, out packet, out _));
            _ = master.Step(VrrpEvent.Received(packet, arrival), now, sink);
        }));
        Assert.Equal((VrrpState.Master, VrrpState.Backup), (master.State, backup.State));
        // The advertisement that is due, and the answer to the weaker node.
        Assert.InRange(sink.Sent, 159_000, 160_010);
        Assert.InRange(backup.Counters.Received, 79_999, 80_001);
        Assert.Equal(80_000, backup.Discarded(VrrpDiscard.HopLimitTooLow));
    }

    [Fact]
    public void Instances_FourThousand_CostLittle()
    {
        Silent sink = new();
        VrrpInstance[] all = new VrrpInstance[Instances];
        _ = Running(sink, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Instances; i++)
        {
            all[i] = Running(sink, i);
        }

        long allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / Instances;
        long kept = (GC.GetTotalMemory(forceFullCollection: true) - heap) / Instances;
        log.WriteLine($"{kept} octets kept for each of {Instances} instances with one address, parameters and one peer included where it is backup; {allocated} allocated to make one");
        Assert.InRange(kept, 1, 1024);
        GC.KeepAlive(all);
    }

    // Every second one has heard a master, as on a node that shares the load.
    private static VrrpInstance Running(Silent sink, int number)
    {
        byte router = (byte)((number % 255) + 1);
        VrrpParameters parameters = Bench.Parameters() with { VirtualRouterId = router };
        VrrpInstance instance = new(new VrrpKey(1 + (number / 255), IpFamily.IPv4, router), parameters);
        MonoTime now = new(1_000_000_000);
        _ = instance.Step(VrrpEvent.Source(Bench.Own, 24), now, sink);
        _ = instance.Step(VrrpEvent.Start, now, sink);
        now = instance.NextDeadline;
        if (sink.Made++ % 2 == 0)
        {
            _ = instance.Step(VrrpEvent.Timer, now, sink);
        }
        else
        {
            byte[] octets = Bench.Patched(Advertisement, Bench.Lower, VrrpWire.IPv4Group, (1, router));
            Assert.True(VrrpPacket.TryRead(octets, Bench.Lower, VrrpWire.IPv4Group, out VrrpPacket packet, out _));
            _ = instance.Step(VrrpEvent.Received(packet, new VrrpArrival(Bench.Lower, VrrpWire.IPv4Group, 255, 1)), now, sink);
        }

        return instance;
    }

    private sealed class Silent : IVrrpSink
    {
        public long Sent { get; private set; }

        public int Made { get; set; }

        public void Send(VrrpInstance instance, in VrrpTransmission transmission, ReadOnlySpan<byte> message) => Sent++;

        public void Do(VrrpInstance instance, in VrrpCommand command)
        {
        }

        public void Tell(VrrpInstance instance, in VrrpNotice notice)
        {
        }
    }
}
