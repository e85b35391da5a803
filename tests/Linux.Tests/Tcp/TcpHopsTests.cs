// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Tcp;

namespace LoadBalancer.Linux.Tests.Tcp;

/// <summary>TTL security (RFC 5082) and multihop, with a router between.</summary>
public sealed class TcpHopsTests : IDisposable
{
    private const ushort Port = 179;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(1500);
    private readonly RoutedSegment _route = new();
    private readonly TcpHost _here;
    private readonly TcpHost _there;

    public TcpHopsTests()
    {
        _here = new(_route.A);
        _there = new(_route.B);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8:a::1")]
    public void Security_TwoHopsAllowed_PeerBehindOneRouterIsHeard(string local)
    {
        TcpOptions options = new() { Hops = TcpHops.Secured(2) };
        TcpGate gate = _here.Listen(local, Port, new TcpListenOptions { Hops = options.Hops }, options);

        TcpPeer caller = _there.Connect(local, Port, options);

        Assert.True(caller.Opened, caller.Fault?.Sentence);
        TcpPeer called = gate.AwaitPeer();
        caller.Write("near enough");
        called.AwaitText("near enough");
    }

    [Theory]
    [Trait("Scenario", "X09")]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8:a::1")]
    public void Security_OneHopOnTheListener_PeerBehindARouterIsNotAnswered(string local)
    {
        TcpGate gate = _here.Listen(local, Port, new TcpListenOptions { Hops = TcpHops.Secured(1) });

        TcpPeer caller = _there.Connect(local, Port, new TcpOptions { Hops = TcpHops.Secured(2), ConnectTimeout = Short });

        Assert.Equal(TcpFaultKind.NoAnswer, caller.Fault!.Value.Kind);
        Assert.Empty(_here.On(() => gate.Callers.ToArray()));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8:a::1")]
    public void Security_OneHopForThePeerAlone_PeerBehindARouterIsRefusedBeforeItsOctetsAreRead(string local)
    {
        TcpGate gate = _here.Listen(local, Port, accepted: new TcpOptions { Hops = TcpHops.Secured(1) });

        _there.Begin(local, Port, new TcpOptions { Hops = TcpHops.Secured(2) });

        _here.Await(() => gate.Faults.Count == 1);
        Assert.Equal(TcpFaultKind.TooFar, gate.Faults[0].Kind);
        Assert.Contains("TTL 254", gate.Faults[0].Sentence, StringComparison.Ordinal);
        Assert.False(gate.Peers[0].Opened);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8:a::1")]
    public void Security_PeerMovesFartherAway_NothingMoreIsHeardOfIt(string local)
    {
        TcpOptions options = new() { Hops = TcpHops.Secured(2) };
        TcpGate gate = _here.Listen(local, Port, accepted: options);
        TcpPeer caller = _there.Connect(local, Port, options with { UserTimeout = Short });
        TcpPeer called = gate.AwaitPeer();

        // The router takes a hop more from what it forwards.
        _route.Router.Within(() => Mangle(_route.Router));
        caller.Write("from afar");

        _there.Await(() => caller.Fault is not null);
        Assert.Equal(TcpFaultKind.PeerSilent, caller.Fault!.Value.Kind);
        Assert.Equal(0, _here.On(() => called.Octets));
        long drops = _route.A.Within(() => SegmentDrops.Read().TooFar);
        Assert.True(drops > 0, "the kernel counted no segment from too far away");
    }

    [Theory]
    [Trait("Scenario", "X10")]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8:a::1")]
    public void Direct_PeerBehindARouter_IsNotReachedAndMultihopIs(string local)
    {
        _here.Listen(local, Port);

        TcpPeer direct = _there.Connect(local, Port, new TcpOptions { Hops = TcpHops.Direct, ConnectTimeout = Short });
        TcpPeer multihop = _there.Connect(local, Port, new TcpOptions { Hops = TcpHops.Multihop(2) });

        Assert.Contains(direct.Fault!.Value.Kind, new[] { TcpFaultKind.NoAnswer, TcpFaultKind.Unreachable });
        Assert.True(multihop.Opened, multihop.Fault?.Sentence);
    }

    private static int Mangle(TestNamespace router)
    {
        TestNamespace.Run("ip", "netns", "exec", router.Name, "nft", "add table inet far; add chain inet far f { type filter hook forward priority 0; }; "
            + "add rule inet far f ip ttl 254 ip ttl set 200; add rule inet far f ip6 hoplimit 254 ip6 hoplimit set 200");
        return 0;
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _route.Dispose();
    }
}
