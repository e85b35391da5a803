// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

public sealed class HeartbeatSocketTests
{
    private const int Port = 7946;

    private static HeartbeatSocket Open(Host host, IpFamily family, ConcurrentQueue<(byte First, IpAddr Source)> heard)
    {
        HeartbeatSocket socket = host.On(() => new HeartbeatSocket(host.Reactor, family, host.Index, Wire.Link, Port, (d, s) => heard.Enqueue((d[0], s))));
        host.Run();
        return socket;
    }

    [Theory]
    [InlineData(IpFamily.IPv4, "192.0.2.2")]
    [InlineData(IpFamily.IPv6, "fe80::2")]
    public void Send_ToTheGroup_IsHeardByTheOtherAndNotByOneself(IpFamily family, string source)
    {
        using Wire wire = new();
        ConcurrentQueue<(byte, IpAddr Source)> left = new();
        ConcurrentQueue<(byte, IpAddr)> right = new();
        using HeartbeatSocket here = Open(wire.Left, family, left);
        using HeartbeatSocket there = Open(wire.Right, family, right);
        Host.Until("the heartbeat is heard", () => there.TrySend([7, 7, 7]) && !left.IsEmpty);
        Assert.True(left.TryPeek(out (byte, IpAddr Source) heard));
        Assert.Equal((7, IpAddr.Parse(source)), heard);
        Assert.Empty(right);
        wire.Left.Reactor.StopAndWait();
        wire.Right.Reactor.StopAndWait();
    }

    [Fact]
    public void Receive_TtlBelow255_IsDroppedAndCounted()
    {
        using Wire wire = new();
        ConcurrentQueue<(byte, IpAddr)> heard = new();
        using HeartbeatSocket here = Open(wire.Left, IpFamily.IPv4, heard);
        using Socket stranger = wire.Right.On(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        stranger.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 254);
        stranger.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Parse("192.0.2.2").GetAddressBytes());
        Host.Until("it is dropped", () =>
        {
            stranger.SendTo([1], new IPEndPoint(HeartbeatSocket.Group4.ToIPAddress(), Port));
            return here.FromBeyondSegment > 0;
        });
        Assert.Empty(heard);
        wire.Left.Reactor.StopAndWait();
    }
}
