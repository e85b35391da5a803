// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.Linux.Tests;

public sealed class HeartbeatDeliveryTests : IDisposable
{
    private const int Port = 7946;
    private readonly Segment _segment = new(cables: 2);
    private readonly Loop _here;
    private readonly Loop _there;
    private readonly List<(int Cable, string Text, IpAddr Source)> _taken = [];
    private readonly List<HeartbeatSocket> _opened = [];

    public HeartbeatDeliveryTests()
    {
        _here = new(_segment.A);
        _there = new(_segment.B);
    }

    private HeartbeatSocket Open(IpFamily family, int cable) => Open(_segment.A, _here, family, cable, (datagram, source) =>
        _taken.Add((cable, System.Text.Encoding.ASCII.GetString(datagram), source)));

    private HeartbeatSocket OpenThere(IpFamily family, int cable) => Open(_segment.B, _there, family, cable, static (_, _) => { });

    private HeartbeatSocket Open(TestNamespace place, Loop loop, IpFamily family, int cable, DatagramHandler handler)
    {
        HeartbeatSocket socket = place.Within(() => new HeartbeatSocket(loop.Reactor, family, place.IndexOf($"eth{cable}"), $"eth{cable}", Port, handler));
        _opened.Add(socket);
        return socket;
    }

    private bool Took(int cable, string text) => _taken.Any(t => t.Cable == cable && t.Text == text);

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void Heartbeat_TwoInterfaces_IsTakenOnTheOneItArrivedOn(IpFamily family)
    {
        Open(family, 0);
        Open(family, 1);
        HeartbeatSocket[] senders = [OpenThere(family, 0), OpenThere(family, 1)];

        // An address may still be on its way to being usable: a sender that is refused tries again.
        _here.Await(() => Took(0, "on-0") || !senders[0].TrySend("on-0"u8), () => string.Join(';', _taken));
        _here.Await(() => Took(1, "on-1") || !senders[1].TrySend("on-1"u8), () => string.Join(';', _taken));
        _here.Await(() => Took(0, "on-0") && Took(1, "on-1"), () => string.Join(';', _taken));

        (int Cable, string Text, IpAddr Source)[] taken = _here.On(() => _taken.ToArray());
        Assert.All(taken, t => Assert.Equal($"on-{t.Cable}", t.Text));
        Assert.All(taken, t => Assert.Equal(family, t.Source.Family));
        Assert.All(taken, t => Assert.True(family == IpFamily.IPv6 ? t.Source.IsLinkLocal : t.Source == IpAddr.Parse(t.Cable == 0 ? "192.0.2.2" : "192.0.2.18")));
    }

    [Theory]
    [InlineData(IpFamily.IPv4, "192.0.2.1")]
    [InlineData(IpFamily.IPv6, "2001:db8::1")]
    public void Heartbeat_ToOneNeighbor_ArrivesWithoutMulticast(IpFamily family, string neighbor)
    {
        _segment.A.Ip("address add 2001:db8::1/64 dev eth0 nodad");
        _segment.B.Ip("address add 2001:db8::2/64 dev eth0 nodad");
        Open(family, 0);
        HeartbeatSocket sender = OpenThere(family, 0);

        _here.Await(() => Took(0, "alone") || (sender.TrySend("alone"u8, IpAddr.Parse(neighbor)) && Took(0, "alone")));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void Heartbeat_ThatCrossedARouter_IsDroppedAndCounted(IpFamily family)
    {
        HeartbeatSocket receiver = Open(family, 0);
        _segment.B.Ip("address add 2001:db8::2/64 dev eth0 nodad");
        int index = _segment.B.IndexOf("eth0");
        using Socket routed = _segment.B.Within(() => Foreign(family, index));
        IPAddress group = (family == IpFamily.IPv4 ? HeartbeatSocket.Group4 : HeartbeatSocket.Group6).ToIPAddress();
        if (family == IpFamily.IPv6)
        {
            group.ScopeId = index;
        }

        HeartbeatSocket sender = OpenThere(family, 0);
        _here.Await(() => receiver.FromBeyondSegment > 0 || (routed.SendTo("routed"u8, new IPEndPoint(group, Port)) > 0 && receiver.FromBeyondSegment > 0));
        _here.Await(() => Took(0, "near") || (sender.TrySend("near"u8) && Took(0, "near")));

        Assert.DoesNotContain(_here.On(() => _taken.ToArray()), t => t.Text == "routed");
    }

    [Fact]
    public void Heartbeat_Oversized_IsDroppedAndCounted()
    {
        _segment.A.Ip("link set eth0 mtu 9000");
        _segment.B.Ip("link set eth0 mtu 9000");
        HeartbeatSocket receiver = Open(IpFamily.IPv4, 0);
        HeartbeatSocket sender = OpenThere(IpFamily.IPv4, 0);

        Assert.True(sender.TrySend(new byte[4000]));
        _here.Await(() => receiver.Oversized == 1);
        Assert.Empty(_here.On(() => _taken.ToArray()));
    }

    [Fact]
    public void Send_LinkDown_IsRefusedWithTheReasonAndWorksAgainAfterwards()
    {
        Open(IpFamily.IPv4, 0);
        HeartbeatSocket sender = OpenThere(IpFamily.IPv4, 0);
        _segment.B.Ip("link set eth0 down");
        Assert.False(sender.TrySend("down"u8));
        Assert.Contains(sender.LastSendError, new[] { LinuxException.NetworkUnreachable, LinuxException.NetworkDown, LinuxException.NoDevice });

        _segment.B.Ip("link set eth0 up");
        _here.Await(() => Took(0, "up") || (sender.TrySend("up"u8) && Took(0, "up")));
    }

    [Fact]
    public void Open_InterfaceWithoutAnIPv4Address_StillReceives()
    {
        _segment.A.Ip("address flush dev eth0 scope global");
        Open(IpFamily.IPv4, 0);
        HeartbeatSocket sender = OpenThere(IpFamily.IPv4, 0);

        _here.Await(() => Took(0, "bare") || (sender.TrySend("bare"u8) && Took(0, "bare")));
    }

    [Fact]
    public void Open_NoSuchInterface_SaysWhich()
    {
        LinuxException fault = Assert.Throws<LinuxException>(() => _segment.A.Within(() => new HeartbeatSocket(_here.Reactor, IpFamily.IPv6, 4711, "none0", Port, static (_, _) => { })));

        Assert.Equal(LinuxException.NoDevice, fault.Error);
        Assert.Contains("none0", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void Receive_ManyHeartbeats_AllocatesNothing(IpFamily family)
    {
        const int Count = 2000;
        int taken = 0;
        AllocationMeter meter = new(Count / 8);
        Open(_segment.A, _here, family, 0, (_, _) =>
        {
            taken++;
            meter.Step();
        });
        HeartbeatSocket sender = OpenThere(family, 0);
        MonoTime deadline = Reactor.Now + TimeSpan.FromSeconds(20);
        while (Volatile.Read(ref taken) < Count && Reactor.Now < deadline)
        {
            sender.TrySend("heartbeat"u8);
        }

        Assert.True(Volatile.Read(ref taken) >= Count);
        Assert.Equal(0, _here.On(() => meter.Least));
    }

    private static Socket Foreign(IpFamily family, int index)
    {
        const int TimeToLive = 254;
        Socket socket = new(family == IpFamily.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        if (family == IpFamily.IPv4)
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, TimeToLive);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(index));
        }
        else
        {
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, TimeToLive);
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, index);
        }

        return socket;
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _opened.ForEach(s => s.Dispose());
        _segment.Dispose();
    }
}
