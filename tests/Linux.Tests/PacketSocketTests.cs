// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.Linux.Tests;

public sealed class PacketSocketTests : IDisposable
{
    private readonly Segment _segment = new();
    private readonly Loop _here;
    private readonly Loop _there;
    private readonly List<byte[]> _taken = [];

    public PacketSocketTests()
    {
        _here = new(_segment.A);
        _there = new(_segment.B);
    }

    private PacketSocket Open(PacketFilter filter) =>
        _segment.A.Within(() => new PacketSocket(_here.Reactor, _segment.A.IndexOf("eth0"), filter, frame => _taken.Add(frame.ToArray())));

    private PacketSocket OpenThere(PacketFilter filter) =>
        _segment.B.Within(() => new PacketSocket(_there.Reactor, _segment.B.IndexOf("eth0"), filter, static _ => { }));

    // Frames of one sender stay in order: when the last one, which always passes, is there, whatever passes before it is.
    private byte[][] Passing(PacketFilter filter, byte[] last, params byte[][] frames)
    {
        using PacketSocket sender = OpenThere(PacketFilter.Arp(Segment.MacB()));
        using PacketSocket receiver = Open(filter);
        foreach (byte[] frame in frames)
        {
            Assert.True(sender.TrySend(frame));
        }

        Assert.True(sender.TrySend(last));
        _here.Await(() => _taken.Any(f => f.AsSpan().SequenceEqual(last)));
        return _here.On(() => _taken.Where(t => frames.Any(f => f.AsSpan().SequenceEqual(t))).ToArray());
    }

    [Fact]
    public void ArpFilter_FramesOfManyKinds_PassesArpToUsOrAll()
    {
        byte[] toAll = Frames.ArpRequest(MacAddr.Broadcast, Segment.MacB(), "192.0.2.9");
        byte[] toUs = Frames.ArpRequest(Segment.MacA(), Segment.MacB(), "192.0.2.9");
        byte[] toOther = Frames.ArpRequest(MacAddr.Parse("02:00:00:00:0c:00"), Segment.MacB(), "192.0.2.9");
        byte[] notArp = Frames.With(toAll, 13, 0x00);
        byte[] solicitation = Frames.Solicitation(Segment.MacA(), Segment.MacB());

        byte[][] passing = Passing(PacketFilter.Arp(Segment.MacA()), Frames.ArpRequest(MacAddr.Broadcast, Segment.MacB(), "192.0.2.14"), toAll, toUs, toOther, notArp, solicitation);

        Assert.Equal([toAll, toUs], passing);
    }

    // The kernel strips the tag of a VLAN nobody has here and hands the frame on as if it were the segment's own.
    [Fact]
    public void ArpFilter_FrameOfAnotherVlan_IsRefused()
    {
        byte[] foreign = Frames.ArpRequest(MacAddr.Broadcast, Segment.MacB(), "192.0.2.9");

        Passing(PacketFilter.Arp(Segment.MacA()), Frames.ArpRequest(MacAddr.Broadcast, Segment.MacB(), "192.0.2.14"), Frames.Tagged(foreign, 7));

        Assert.DoesNotContain(_here.On(() => _taken.ToArray()), f => f.AsSpan().SequenceEqual(foreign));
    }

    [Fact]
    public void NeighborDiscoveryFilter_FramesOfManyKinds_PassesOnlySolicitationsAndAdvertisementsOfTheLink()
    {
        MacAddr group = MacAddr.ForGroup(IpAddr.Parse("2001:db8::1").SolicitedNodeGroup);
        byte[] toGroup = Frames.Solicitation(group, Segment.MacB());
        byte[] toUs = Frames.Solicitation(Segment.MacA(), Segment.MacB());
        byte[] advertisement = Frames.With(toUs, 54, 136);
        byte[] routed = Frames.With(toGroup, 21, 254);
        byte[] udp = Frames.With(toGroup, 20, 17);
        byte[] router = Frames.With(toGroup, 54, 134);
        byte[] echo = Frames.With(toGroup, 54, 128);
        byte[] toOther = Frames.Solicitation(MacAddr.Parse("02:00:00:00:0c:00"), Segment.MacB());
        _segment.A.Ip("link set eth0 allmulticast on");

        byte[][] passing = Passing(PacketFilter.NeighborDiscovery(Segment.MacA()), Frames.Solicitation(Segment.MacA(), Segment.MacB(), "2001:db8::e"), toGroup, toUs, advertisement, routed, udp, router, echo, toOther, toUs[..40]);

        Assert.Equal([toGroup, toUs, advertisement], passing);
    }

    [Fact]
    public void Socket_OpenedUnderAFlood_NeverHoldsAFrameTheFilterRefuses()
    {
        byte[] refused = Frames.ArpRequest(MacAddr.Parse("02:00:00:00:0c:00"), Segment.MacB(), "192.0.2.9");
        byte[] passing = Frames.ArpRequest(MacAddr.Broadcast, Segment.MacB(), "192.0.2.9");
        using PacketSocket sender = OpenThere(PacketFilter.Arp(Segment.MacB()));
        using CancellationTokenSource enough = new();
        Thread flood = new(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                sender.TrySend(refused);
            }
        });
        flood.Start();
        int index = _segment.A.IndexOf("eth0");
        _segment.A.Within(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                PacketSocket socket = new(_here.Reactor, index, PacketFilter.Arp(Segment.MacA()), frame => _taken.Add(frame.ToArray()));
                _here.On(socket.Dispose);
            }

            return 0;
        });
        enough.Cancel();
        flood.Join();

        Assert.DoesNotContain(_here.On(() => _taken.ToArray()), f => f.AsSpan().SequenceEqual(refused));
        Assert.Contains(passing, Passing(PacketFilter.Arp(Segment.MacA()), Frames.ArpRequest(MacAddr.Broadcast, Segment.MacB(), "192.0.2.14"), passing));
    }

    [Fact]
    public void Socket_OwnFrames_AreNotTakenBackIn()
    {
        using PacketSocket sender = OpenThere(PacketFilter.Arp(Segment.MacB()));
        using PacketSocket socket = Open(PacketFilter.Arp(Segment.MacA()));
        byte[] own = Frames.ArpRequest(MacAddr.Broadcast, Segment.MacA(), "192.0.2.9");
        byte[] last = Frames.ArpRequest(MacAddr.Broadcast, Segment.MacB(), "192.0.2.14");

        Assert.True(socket.TrySend(own));
        Assert.True(sender.TrySend(last));

        _here.Await(() => _taken.Any(f => f.AsSpan().SequenceEqual(last)));
        Assert.DoesNotContain(_here.On(() => _taken.ToArray()), f => f.AsSpan().SequenceEqual(own));
    }

    [Fact]
    public void Socket_LinkDownAndUp_ReceivesAgain()
    {
        using PacketSocket sender = OpenThere(PacketFilter.Arp(Segment.MacB()));
        using PacketSocket socket = Open(PacketFilter.Arp(Segment.MacA()));
        _segment.A.Ip("link set eth0 down");
        Assert.False(socket.TrySend(Frames.ArpRequest(MacAddr.Broadcast, Segment.MacA(), "192.0.2.9")));

        _segment.A.Ip("link set eth0 up");
        byte[] last = Frames.ArpRequest(MacAddr.Broadcast, Segment.MacB(), "192.0.2.14");

        _here.Await(() => sender.TrySend(last) && _taken.Any(f => f.AsSpan().SequenceEqual(last)));
        Assert.True(socket.TrySend(Frames.ArpRequest(MacAddr.Broadcast, Segment.MacA(), "192.0.2.9")));
    }

    [Fact]
    public void Socket_InterfaceRemoved_LoopGoesOn()
    {
        using PacketSocket socket = Open(PacketFilter.Arp(Segment.MacA()));

        _segment.B.Ip("link delete eth0");

        _here.Await(() => !socket.TrySend(Frames.ArpRequest(MacAddr.Broadcast, Segment.MacA(), "192.0.2.9")));
        Assert.False(_here.Reactor.Completion.IsCompleted);
    }

    [Fact]
    public void Socket_FilterReplaced_FollowsTheHardwareAddress()
    {
        MacAddr changed = MacAddr.Parse("02:00:00:00:0d:00");
        using PacketSocket sender = OpenThere(PacketFilter.Arp(Segment.MacB()));
        using PacketSocket socket = Open(PacketFilter.Arp(Segment.MacA()));
        _segment.A.Ip("link set eth0 address 02:00:00:00:0d:00");
        byte[] before = Frames.ArpRequest(Segment.MacA(), Segment.MacB(), "192.0.2.9");
        byte[] after = Frames.ArpRequest(changed, Segment.MacB(), "192.0.2.9");

        _here.On(() => socket.Attach(PacketFilter.Arp(changed)));
        Assert.True(sender.TrySend(before) && sender.TrySend(after));

        _here.Await(() => _taken.Any(f => f.AsSpan().SequenceEqual(after)));
        Assert.DoesNotContain(_here.On(() => _taken.ToArray()), f => f.AsSpan().SequenceEqual(before));
    }

    [Fact]
    public void Open_NoSuchInterface_SaysSo()
    {
        LinuxException fault = Assert.Throws<LinuxException>(() => _segment.A.Within(() => new PacketSocket(_here.Reactor, 4711, PacketFilter.Arp(Segment.MacA()), static _ => { })));

        Assert.Equal(LinuxException.NoDevice, fault.Error);
        Assert.Contains("interface 4711", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Receive_ManyFrames_AllocatesNothing()
    {
        const int Count = 2000;
        int taken = 0;
        AllocationMeter meter = new(Count / 8);
        using PacketSocket sender = OpenThere(PacketFilter.Arp(Segment.MacB()));
        using PacketSocket socket = _segment.A.Within(() => new PacketSocket(_here.Reactor, _segment.A.IndexOf("eth0"), PacketFilter.Arp(Segment.MacA()), _ =>
        {
            taken++;
            meter.Step();
        }));
        byte[] frame = Frames.ArpRequest(MacAddr.Broadcast, Segment.MacB(), "192.0.2.9");

        MonoTime deadline = Reactor.Now + TimeSpan.FromSeconds(20);
        while (Volatile.Read(ref taken) < Count && Reactor.Now < deadline)
        {
            sender.TrySend(frame);
        }

        Assert.True(Volatile.Read(ref taken) >= Count);
        Assert.Equal(0, _here.On(() => meter.Least));
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _segment.Dispose();
    }
}
