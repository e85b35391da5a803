// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Linux.Vrrp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Vrrp;

public sealed class VrrpSocketTests : IDisposable
{
    private static readonly IpAddr Source4 = IpAddr.Parse("192.0.2.2");
    private static readonly IpAddr Source6 = IpAddr.Parse("fe80::2");
    private readonly Segment _segment = new();
    private readonly Loop _loop;
    private readonly ConcurrentQueue<(byte[] Octets, VrrpDatagram Datagram)> _received = [];
    private readonly List<IDisposable> _open = [];
    private readonly int _a;
    private readonly int _b;

    public VrrpSocketTests()
    {
        _segment.A.Ip("address add fe80::1/64 dev eth0 nodad");
        _segment.B.Ip("address add fe80::2/64 dev eth0 nodad");
        _a = _segment.A.IndexOf("eth0");
        _b = _segment.B.IndexOf("eth0");
        _loop = new Loop(_segment.A);
    }

    private static byte[] Message(byte virtualRouter, byte priority = 100) => [0x31, virtualRouter, priority, 1, 0, 100, 0, 0, 192, 0, 2, 9];

    private VrrpReceiver Receive(IpFamily family, params byte[] routers)
    {
        VrrpReceiver receiver = _loop.On(() =>
        {
            VrrpReceiver opened = new(_loop.Reactor, family, _a, (octets, in datagram) => _received.Enqueue((octets.ToArray(), datagram)));
            VirtualRouterSet set = new();
            foreach (byte router in routers)
            {
                set.Add(router);
            }

            opened.Accept(set);
            return opened;
        });
        return receiver;
    }

    private VrrpSender Sender(IpFamily family, int? device = null, bool kernelChecksum = false, byte hopLimit = 255)
    {
        VrrpSender sender = _segment.B.Within(() => new VrrpSender(family, device ?? _b, kernelChecksum, hopLimit));
        _open.Add(sender);
        return sender;
    }

    private (byte[] Octets, VrrpDatagram Datagram) Next()
    {
        _loop.Await(() => !_received.IsEmpty);
        Assert.True(_received.TryDequeue(out (byte[] Octets, VrrpDatagram Datagram) item));
        return item;
    }

    [Theory]
    [InlineData(IpFamily.IPv4, false, 255)]
    [InlineData(IpFamily.IPv6, false, 255)]
    [InlineData(IpFamily.IPv4, true, 64)]
    [InlineData(IpFamily.IPv6, true, 64)]
    public void Message_Sent_ArrivesWithWhatTheIpLayerSays(IpFamily family, bool unicast, byte hopLimit)
    {
        bool v4 = family == IpFamily.IPv4;
        IpAddr source = v4 ? Source4 : Source6;
        IpAddr destination = unicast ? IpAddr.Parse(v4 ? "192.0.2.1" : "fe80::1") : v4 ? VrrpReceiver.Group4 : VrrpReceiver.Group6;
        Receive(family, 51);

        Assert.True(Sender(family, hopLimit: hopLimit).TrySend(Message(51), source, destination));

        (byte[] octets, VrrpDatagram datagram) = Next();
        Assert.Equal(new(source, destination, hopLimit, _a, v4 ? 20 : 0), datagram);
        Assert.Equal(Message(51), octets[datagram.HeaderLength..]);
        if (v4)
        {
            Assert.Equal(0xC0, octets[1]);
        }
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    [Trait("Scenario", "TX-16")]
    public void Filter_EveryIdentifier_OnlyTheAcceptedArrive(IpFamily family)
    {
        byte[] accepted = [1, 31, 32, 51, 63, 64, 200, 255];
        Receive(family, accepted);
        VrrpSender sender = Sender(family);
        bool v4 = family == IpFamily.IPv4;

        for (int id = 1; id <= 255; id++)
        {
            sender.Queue(Message((byte)id), v4 ? Source4 : Source6, v4 ? VrrpReceiver.Group4 : VrrpReceiver.Group6);
        }

        sender.Flush();
        Assert.Equal(0, sender.Refused);
        _loop.Await(() => _received.Any(static r => r.Octets[r.Datagram.HeaderLength + 1] == 255));
        Assert.Equal(accepted, _received.Select(static r => r.Octets[r.Datagram.HeaderLength + 1]));
    }

    [Fact]
    public void Filter_AllIdentifiers_AllArriveInOrder()
    {
        VrrpReceiver receiver = Receive(IpFamily.IPv4);
        VrrpSender sender = Sender(IpFamily.IPv4);
        _loop.On(receiver.AcceptAll);

        for (int id = 1; id <= 255; id++)
        {
            sender.Queue(Message((byte)id), Source4, VrrpReceiver.Group4);
        }

        sender.Flush();
        _loop.Await(() => _received.Count >= 255, () => $"{_received.Count}");
        Assert.Equal(Enumerable.Range(1, 255), _received.Select(static r => (int)r.Octets[21]));
    }

    [Fact]
    public void Message_TooShortForAnIdentifier_IsDroppedByTheKernel()
    {
        Receive(IpFamily.IPv4, 51);
        VrrpSender sender = Sender(IpFamily.IPv4);

        Assert.True(sender.TrySend([0x31], Source4, VrrpReceiver.Group4));
        Assert.True(sender.TrySend(Message(51), Source4, VrrpReceiver.Group4));

        Assert.Equal(32, Next().Octets.Length);
        Assert.Empty(_received);
    }

    [Fact]
    [Trait("Scenario", "RX-48")]
    public void Message_OfAnotherInterface_DoesNotArrive()
    {
        using Segment other = new(cables: 2);
        using Loop loop = new(other.A);
        ConcurrentQueue<int> seen = [];
        using VrrpReceiver receiver = loop.On(() => new VrrpReceiver(loop.Reactor, IpFamily.IPv4, other.A.IndexOf("eth0"), (_, in datagram) => seen.Enqueue(datagram.Source.ToString()[^1] - '0')));
        loop.On(receiver.AcceptAll);
        using VrrpSender second = other.B.Within(() => new VrrpSender(IpFamily.IPv4, other.B.IndexOf("eth1")));
        using VrrpSender first = other.B.Within(() => new VrrpSender(IpFamily.IPv4, other.B.IndexOf("eth0")));

        Assert.True(second.TrySend(Message(51), IpAddr.Parse("192.0.2.8"), VrrpReceiver.Group4));
        Assert.True(first.TrySend(Message(51), IpAddr.Parse("192.0.2.9"), VrrpReceiver.Group4));

        loop.Await(() => !seen.IsEmpty);
        Assert.Equal([9], seen);
        loop.On(receiver.Dispose);
    }

    [Fact]
    public void Sender_OnTheSameHost_DoesNotHearItself()
    {
        Receive(IpFamily.IPv4, 51);
        Receive(IpFamily.IPv6, 51);
        using VrrpSender own4 = _segment.A.Within(() => new VrrpSender(IpFamily.IPv4, _a));
        using VrrpSender own6 = _segment.A.Within(() => new VrrpSender(IpFamily.IPv6, _a));

        Assert.True(own4.TrySend(Message(51, 1), IpAddr.Parse("192.0.2.1"), VrrpReceiver.Group4));
        Assert.True(own6.TrySend(Message(51, 1), IpAddr.Parse("fe80::1"), VrrpReceiver.Group6));
        Assert.True(Sender(IpFamily.IPv4).TrySend(Message(51, 2), Source4, VrrpReceiver.Group4));
        Assert.True(Sender(IpFamily.IPv6).TrySend(Message(51, 2), Source6, VrrpReceiver.Group6));

        Assert.Equal(2, Next().Octets[^10]);
        Assert.Equal(2, Next().Octets[^10]);
        Assert.Empty(_received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Checksum_OfIPv6_IsTheKernelsOrTheMessages(bool kernel)
    {
        Receive(IpFamily.IPv6, 51);

        Assert.True(Sender(IpFamily.IPv6, kernelChecksum: kernel).TrySend(Message(51), Source6, VrrpReceiver.Group6));

        byte[] octets = Next().Octets;
        Assert.Equal(kernel, octets[6] != 0 || octets[7] != 0);
    }

    [Theory]
    [InlineData(IpFamily.IPv4, "00:00:5e:00:01:33")]
    [InlineData(IpFamily.IPv6, "00:00:5e:00:02:33")]
    [Trait("Scenario", "TX-06")]
    [Trait("Scenario", "TX-11")]
    public void VirtualMac_SentOnMacvlan_IsTheFramesSource(IpFamily family, string mac)
    {
        using KernelNetwork network = _segment.B.Within(static () => new KernelNetwork());
        Assert.True(network.Add([new MacvlanSpec { Name = "vrrp.51", LowerIndex = _b, Mac = MacAddr.Parse(mac) }])[0].Holds);
        int device = _segment.B.IndexOf("vrrp.51");
        Assert.True(network.SetUp([device], up: true)[0].Holds);
        bool v4 = family == IpFamily.IPv4;
        using FrameTap tap = new(_segment.A, "eth0");

        Assert.True(Sender(family, device).TrySend(Message(51), v4 ? Source4 : Source6, v4 ? VrrpReceiver.Group4 : VrrpReceiver.Group6));

        byte[] frame = tap.Await(f => f[v4 ? 23 : 20] == 112);
        Assert.Equal(mac.Replace(":", "", StringComparison.Ordinal), Convert.ToHexStringLower(frame.AsSpan(6, 6)));
        Assert.Equal(v4 ? "01005e000012" : "333300000012", Convert.ToHexStringLower(frame.AsSpan(0, 6)));
        Assert.Equal(255, frame[v4 ? 22 : 21]);
        Assert.Equal(0xC0, v4 ? frame[15] : ((frame[14] & 0xF) << 4) | (frame[15] >> 4));
    }

    [Fact]
    [Trait("Scenario", "TX-13")]
    public void Link_DownAndUp_MembershipIsThereAndToldAnew()
    {
        VrrpReceiver receiver = Receive(IpFamily.IPv4, 51);
        VrrpSender sender = Sender(IpFamily.IPv4);
        _segment.A.Ip("link set eth0 down");
        _segment.A.Ip("link set eth0 up");

        Assert.True(_loop.On(receiver.TryRejoin));

        Assert.Contains("120000E0", _segment.A.ProcNet("igmp"), StringComparison.Ordinal);
        Host.Until("the link carries packets", () =>
        {
            sender.TrySend(Message(51), Source4, VrrpReceiver.Group4);
            return !_received.IsEmpty;
        });
    }

    [Fact]
    [Trait("Scenario", "FI-30")]
    public void Send_LinkIsDown_IsRefusedWithReasonAndOthersGo()
    {
        VrrpSender sender = Sender(IpFamily.IPv4);
        _segment.B.Ip("link set eth0 down");

        Assert.False(sender.TrySend(Message(51), Source4, VrrpReceiver.Group4));

        Assert.Equal(1, sender.Refused);
        Assert.Contains(sender.LastError, (int[])[LinuxException.NetworkDown, LinuxException.NetworkUnreachable]);
    }

    [Fact]
    public void Open_NoSuchInterface_Says()
    {
        LinuxException fault = Assert.Throws<LinuxException>(() => _segment.A.Within(() => new VrrpReceiver(_loop.Reactor, IpFamily.IPv4, 4711, (_, in _) => { })));

        Assert.Contains("interface 4711", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (IDisposable item in _open)
        {
            item.Dispose();
        }

        _loop.Dispose();
        _segment.Dispose();
    }
}
