// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Tcp;

public sealed class TcpConnectionTests : IDisposable
{
    private const ushort Port = 179;
    private const int TrafficClassOffset = 1;
    private readonly Segment _segment = new();
    private readonly TcpHost _here;
    private readonly TcpHost _there;

    public TcpConnectionTests()
    {
        _segment.A.Ip("address add 2001:db8::1/64 dev eth0 nodad");
        _segment.B.Ip("address add 2001:db8::2/64 dev eth0 nodad");
        _segment.B.Ip("address add fe80::b/64 dev eth0 nodad");
        _segment.A.Ip("address add fe80::a/64 dev eth0 nodad");
        _here = new(_segment.A);
        _there = new(_segment.B);
    }

    private static int Eth0(TcpHost of) => of.Place.IndexOf("eth0");

    [Fact]
    [Trait("Scenario", "S17")]
    public void Connect_LinkLocal_BothEndsNameTheInterface()
    {
        TcpGate gate = _here.Listen("fe80::a", Port, interfaceIndex: Eth0(_here));

        TcpPeer caller = _there.Connect("fe80::a", Port, new TcpOptions { Hops = TcpHops.Secured(1), Source = IpAddr.Parse("fe80::b") }, Eth0(_there));

        Assert.True(caller.Opened, caller.Fault?.Sentence);
        TcpPeer called = gate.AwaitPeer();
        caller.Write("unnumbered");
        called.AwaitText("unnumbered");
        TcpEndpoint remote = _here.On(() => called.Connection!.Remote);
        Assert.Equal((IpAddr.Parse("fe80::b"), Eth0(_here)), (remote.Address, remote.InterfaceIndex));
        Assert.Equal(IpAddr.Parse("fe80::b"), _there.On(() => caller.Connection!.Local.Address));
    }

    [Fact]
    public void Connect_LinkLocalWithKey_IsSigned()
    {
        TcpKey key = new("secret"u8);
        TcpGate gate = _here.Listen("fe80::a", Port, interfaceIndex: Eth0(_here));
        gate.SetKey("fe80::/64", key);

        TcpPeer caller = _there.Connect("fe80::a", Port, new TcpOptions { Key = key }, Eth0(_there));

        Assert.True(caller.Opened, caller.Fault?.Sentence);
    }

    [Fact]
    public void Connect_LinkLocalWithoutInterface_IsRefusedAtOnce()
    {
        TcpPeer caller = _there.Connect("fe80::a", Port, new TcpOptions());
        Assert.NotNull(caller.Fault);
    }

    [Fact]
    public void Connect_NobodyListens_IsRefusedWithTheRemedy()
    {
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());

        Assert.Equal(TcpFaultKind.Refused, caller.Fault!.Value.Kind);
        Assert.Contains("nobody listens", caller.Fault.Value.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_NoRoute_IsUnreachable() =>
        Assert.Equal(TcpFaultKind.Unreachable, _there.Connect("203.0.113.1", Port, new TcpOptions()).Fault!.Value.Kind);

    [Fact]
    public void Connect_NobodyOnTheSegment_IsUnreachable() =>
        Assert.Equal(TcpFaultKind.Unreachable, _there.Connect("192.0.2.9", Port, new TcpOptions()).Fault!.Value.Kind);

    [Fact]
    [Trait("Scenario", "S34")]
    public void Connect_SourceNotThere_SaysSo()
    {
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions { Source = IpAddr.Parse("192.0.2.7") });

        Assert.Equal(TcpFaultKind.AddressNotAvailable, caller.Fault!.Value.Kind);
        Assert.Contains("192.0.2.7", caller.Fault.Value.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Listen_AddressThatComesLater_IsHeardFromThenOn()
    {
        TcpGate gate = _here.Listen("192.0.2.7", Port, new TcpListenOptions { FreeBind = true });
        _segment.A.Ip("address add 192.0.2.7/28 dev eth0");

        Assert.True(_there.Connect("192.0.2.7", Port, new TcpOptions()).Opened);
        gate.AwaitPeer();
    }

    [Fact]
    [Trait("Scenario", "X01")]
    public void Listen_OnOneAddress_ReportsTheCallerBeforeReadingAndClosesWhomItDoesNotKnow()
    {
        TcpGate gate = _here.Listen("192.0.2.1", Port);
        gate.Admits = remote => remote.Address != IpAddr.Parse("192.0.2.2");

        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());
        _there.Await(() => caller.Fault is not null);

        Assert.Contains(caller.Fault!.Value.Kind, new[] { TcpFaultKind.PeerClosed, TcpFaultKind.Reset });
        Assert.Equal("", caller.Text.ToString());
        Assert.Single(_here.On(() => gate.Callers.ToArray()));
    }

    [Fact]
    public void Listen_PortTaken_NamesTheRemedy()
    {
        _here.Listen("192.0.2.1", Port);
        TcpFault fault = _here.On(() =>
        {
            Assert.False(_here.Transport.TryListen(new(IpAddr.Parse("192.0.2.1"), Port), new(), new TcpGate(_here, new()), out _, out TcpFault second));
            return second;
        });

        Assert.Equal(TcpFaultKind.AddressInUse, fault.Kind);
        Assert.Contains("another BGP daemon", fault.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void Segments_BothDirections_AreOfClassSix(string address)
    {
        IpFamily family = IpAddr.Parse(address).Family;
        using ClassEye eye = new(_segment.A, family);
        TcpGate gate = _here.Listen(address, Port);
        TcpPeer caller = _there.Connect(address, Port, new TcpOptions());
        TcpPeer called = gate.AwaitPeer();
        caller.Write("to");
        called.AwaitText("to");
        called.Write("fro");
        caller.AwaitText("fro");

        byte[] classes = eye.Take(6);
        Assert.All(classes, static found => Assert.Equal(TcpOptions.NetworkControl, found));
    }

    [Fact]
    public void Connection_PeerDies_UserTimeoutEndsIt()
    {
        TcpGate gate = _here.Listen("192.0.2.1", Port);
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions { UserTimeout = TimeSpan.FromSeconds(1) });
        gate.AwaitPeer();
        _segment.A.Ip("link set eth0 down");
        MonoTime began = Reactor.Now;

        caller.Write("is anybody there");
        _there.Await(() => caller.Fault is not null);

        Assert.Contains(caller.Fault!.Value.Kind, new[] { TcpFaultKind.PeerSilent, TcpFaultKind.Unreachable });
        TestContext.Current.TestOutputHelper?.WriteLine($"a dead peer was found after {(Reactor.Now - began).TotalMilliseconds:f0} ms, limit 1000 ms: {caller.Fault}");
    }

    [Fact]
    public void Connection_PeerResets_SaysSo()
    {
        TcpGate gate = _here.Listen("192.0.2.1", Port);
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());
        TcpPeer called = gate.AwaitPeer();

        _here.On(() =>
        {
            called.Connection!.Abort();
            return 0;
        });
        _there.Await(() => caller.Fault is not null);

        Assert.Equal(TcpFaultKind.Reset, caller.Fault!.Value.Kind);
        Assert.Equal(TcpConnectionState.Closed, _there.On(() => caller.Connection!.State));
        Assert.Null(called.Fault);
    }

    [Fact]
    public void Close_PeerIsSending_LastMessageStillArrives()
    {
        TcpGate gate = _here.Listen("192.0.2.1", Port);
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions());
        TcpPeer called = gate.AwaitPeer();
        byte[] much = new byte[TcpConnection.MaxWrite];
        bool sending = true;
        _there.On(() => caller.Connection!.TryWrite(much));

        // Unread octets at close would make the kernel reset the connection, and the farewell would be lost.
        _here.On(() =>
        {
            called.Connection!.TryWriteUrgent("cease"u8);
            called.Connection.Close(TimeSpan.FromSeconds(5));
            return 0;
        });
        _there.Await(() =>
        {
            sending = sending && caller.Connection!.TryWrite(much.AsSpan(0, 1000));
            return caller.Fault is not null;
        });

        Assert.Equal("cease", caller.Text.ToString());
        Assert.Equal(TcpFaultKind.PeerClosed, caller.Fault!.Value.Kind);
        _here.Await(() => _here.Transport.Count == 0);
    }

    [Fact]
    public void Device_OfThisNamespace_IsUsedAndAnUnknownOneIsNamed()
    {
        _here.Listen("192.0.2.1", Port, new TcpListenOptions { Device = "eth0" });

        Assert.True(_there.Connect("192.0.2.1", Port, new TcpOptions { Device = "eth0" }).Opened);
        TcpPeer lost = _there.Connect("192.0.2.1", Port, new TcpOptions { Device = "vrf-blue" });
        Assert.Equal(TcpFaultKind.NoDevice, lost.Fault!.Value.Kind);
        Assert.Contains("vrf-blue in this network namespace: create it (a VRF needs a kernel with CONFIG_NET_VRF)", lost.Fault.Value.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Features_OfThisKernel_AreToldWithASentenceForEachMissing()
    {
        TcpFeatures features = _segment.A.Within(TcpFeatures.Probe);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', features.Missing));

        bool[] there = [features.Signatures, features.PrefixSignatures, features.HopSecurity4, features.HopSecurity6, features.UserTimeout];
        Assert.Equal(there.Count(static has => !has), features.Missing.Length);
        Assert.True(features.Signatures && features.UserTimeout);
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _segment.Dispose();
    }

    /// <summary>Sees the traffic class of each TCP packet on eth0, in both directions.</summary>
    private sealed class ClassEye : IDisposable
    {
        private readonly Socket _socket;
        private readonly IpFamily _family;

        public ClassEye(TestNamespace place, IpFamily family)
        {
            const int EthernetAll = 0x0300;
            _family = family;
            _socket = place.Within(() => new Socket(AddressFamily.Packet, SocketType.Dgram, (ProtocolType)EthernetAll) { ReceiveTimeout = 10_000 });
        }

        public byte[] Take(int count)
        {
            List<byte> found = [];
            byte[] packet = new byte[2048];
            while (found.Count < count)
            {
                int length = _socket.Receive(packet);
                bool tcp = length > 40 && (_family == IpFamily.IPv4 ? packet[0] >> 4 == 4 && packet[9] == 6 : packet[0] >> 4 == 6 && packet[6] == 6);
                if (tcp)
                {
                    found.Add(_family == IpFamily.IPv4 ? packet[TrafficClassOffset] : (byte)((packet[0] << 4) | (packet[1] >> 4)));
                }
            }

            return [.. found];
        }

        public void Dispose() => _socket.Dispose();
    }
}
