// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Linux.Tests.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Bfd;

/// <summary>The driver beside the daemons that routers run: FRR's bfdd and BIRD.</summary>
public sealed class BfdPeerTests : IDisposable
{
    private readonly Segment _segment = new();
    private readonly BfdHost _here;

    public BfdPeerTests()
    {
        foreach ((TestNamespace side, int number) in new[] { (_segment.A, 1), (_segment.B, 2) })
        {
            side.Ip($"address add 2001:db8::{number}/64 dev eth0 nodad");
            side.Ip($"address add fe80::{number}/64 dev eth0 nodad");
        }

        _here = new(_segment.A);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", 50)]
    [InlineData("192.0.2.1", "192.0.2.2", 10)]
    [InlineData("2001:db8::1", "2001:db8::2", 50)]
    public void Frr_ComesUpGoesDownWithTheLinkAndHearsAdminDown(string here, string there, int interval)
    {
        using Daemon frr = Daemon.Frr(_segment.B, $"bfd\n peer {here} local-address {there} interface eth0\n  receive-interval {interval}\n  transmit-interval {interval}\n"
            + "  detect-multiplier 3\n  no shutdown\n exit\nexit\n");
        UpThenCut("FRR", frr, _here.Path(there, here), interval, static text => text.Contains("\"status\":\"up\"", StringComparison.Ordinal), AdminDownOfFrr);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", 50)]
    [InlineData("192.0.2.1", "192.0.2.2", 10)]
    [InlineData("2001:db8::1", "2001:db8::2", 50)]
    [InlineData("fe80::1", "fe80::2", 50)]
    public void Bird_ComesUpGoesDownWithTheLinkAndHearsAdminDown(string here, string there, int interval)
    {
        using Daemon bird = Daemon.Bird(_segment.B, $"interface \"eth0\" {{ min rx interval {interval} ms; min tx interval {interval} ms; multiplier 3; }};\n"
            + $"neighbor {here} dev \"eth0\" local {there};");
        UpThenCut("BIRD", bird, _here.Path(there, here), interval, static text => text.Contains(" Up ", StringComparison.Ordinal), static text => text.Contains(" Down ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(BfdAuthenticationType.KeyedMd5, "keyed md5")]
    [InlineData(BfdAuthenticationType.MeticulousKeyedMd5, "meticulous keyed md5")]
    [InlineData(BfdAuthenticationType.KeyedSha1, "keyed sha1")]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1, "meticulous keyed sha1")]
    [InlineData(BfdAuthenticationType.SimplePassword, "simple")]
    public void Bird_WithAuthentication_ComesUpWithTheRightKeyOnly(BfdAuthenticationType type, string name)
    {
        using Daemon bird = Daemon.Bird(_segment.B, $"interface \"eth0\" {{ min rx interval 50 ms; min tx interval 50 ms; authentication {name}; password \"secret\" {{ id 7; }}; }};\n"
            + "neighbor 192.0.2.1 dev \"eth0\" local 192.0.2.2;");
        BfdPath path = _here.Set(_here.Path("192.0.2.2", "192.0.2.1"), BfdHost.Every(200) with { Authentication = new(type, new BfdKey(7, "s3cret"u8)) });
        _here.Await(path, static v => v.Discarded.GetValueOrDefault(BfdDiscard.BadAuthentication) > 0, "a bad digest");
        Assert.Equal(BfdState.Down, _here.View(path).State);

        _here.Set(path, BfdHost.Every(200) with { Authentication = new(type, new BfdKey(7, "secret"u8)) });
        _here.Await(path, BfdState.Up);
        _here.Await(path, static v => v.Received > 10, "ten packets");
        Assert.Equal(1, _here.View(path).UpCount);
    }

    [Fact]
    public void Bird_Passive_WaitsForUs()
    {
        using Daemon bird = Daemon.Bird(_segment.B, "interface \"eth0\" { min rx interval 50 ms; min tx interval 50 ms; passive on; };\nneighbor 192.0.2.1 dev \"eth0\" local 192.0.2.2;");
        _here.Await(_here.Set(_here.Path("192.0.2.2", "192.0.2.1"), BfdHost.Every(50)), BfdState.Up);
    }

    [Fact]
    public void Bird_WeArePassive_ComesUp()
    {
        using Daemon bird = Daemon.Bird(_segment.B, "interface \"eth0\" { min rx interval 50 ms; min tx interval 50 ms; };\nneighbor 192.0.2.1 dev \"eth0\" local 192.0.2.2;");
        _here.Await(_here.Set(_here.Path("192.0.2.2", "192.0.2.1"), BfdHost.Every(50) with { Passive = true }), BfdState.Up);
    }

    [Fact]
    public void Bird_MultiHop_ComesUpBehindARouter()
    {
        using RoutedSegment route = new();
        using BfdHost west = new(route.A);
        using Daemon bird = Daemon.Bird(route.B, "multihop { min rx interval 50 ms; min tx interval 50 ms; };\nneighbor 192.0.2.1 local 198.51.100.2 multihop yes;");
        BfdPath path = west.Set(west.Path("198.51.100.2", "192.0.2.1", BfdHops.MultiHop), BfdHost.Every(50));

        // BIRD sends multi-hop packets with the TTL of any other packet, 64, which the default of 254 refuses.
        west.Await(path, static v => v.Discarded.GetValueOrDefault(BfdDiscard.HopLimitTooLow) > 0, "refused");
        west.Set(path, BfdHost.Every(50) with { MinimumHopLimit = 63 });
        west.Await(path, BfdState.Up);
    }

    [Fact]
    public void Frr_MultiHop_ComesUpBehindARouter()
    {
        using RoutedSegment route = new();
        using BfdHost west = new(route.A);
        using Daemon frr = Daemon.Frr(route.B, "bfd\n peer 192.0.2.1 multihop local-address 198.51.100.2\n  receive-interval 50\n  transmit-interval 50\n  no shutdown\n exit\nexit\n");
        west.Await(west.Set(west.Path("198.51.100.2", "192.0.2.1", BfdHops.MultiHop), BfdHost.Every(50)), BfdState.Up);
    }

    private static bool AdminDownOfFrr(string text) => text.Contains("\"status\":\"down\"", StringComparison.Ordinal);

    private void UpThenCut(string peer, Daemon daemon, BfdPath path, int interval, Func<string, bool> isUp, Func<string, bool> isDown)
    {
        MonoTime began = Reactor.Now;
        TimeSpan detection = TimeSpan.FromMilliseconds(3 * interval);
        _here.Set(path, BfdHost.Every(interval));
        _here.Await(path, BfdState.Up);
        TimeSpan up = Reactor.Now - began;
        BfdSessionView view = _here.Await(path, v => v.DetectionTime == detection && v.TransmitInterval == detection / 3, "negotiated");
        AwaitSaid(daemon, isUp);

        // AdminDown is said, understood, and taken back.
        _here.Set(path, BfdHost.Every(interval), adminDown: true);
        AwaitSaid(daemon, isDown);
        _here.Set(path, BfdHost.Every(interval));
        _here.Await(path, v => v.State == BfdState.Up && v.DetectionTime == detection, "up again");
        AwaitSaid(daemon, isUp);

        MonoTime cut = Reactor.Now;
        _segment.B.Ip("link set eth0 down");
        BfdNotice notice = _here.AwaitNotice(static n => n.IsFailure);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{peer} at {interval} ms x 3: up after {up.TotalMilliseconds:f0} ms, found down {(notice.At - cut).TotalMilliseconds:f1} ms after the cut was asked for; {view.Received} packets in");
        Assert.Equal(BfdState.Up, notice.Transition.From);
    }

    private static void AwaitSaid(Daemon daemon, Func<string, bool> holds)
    {
        MonoTime deadline = Reactor.Now + TimeSpan.FromSeconds(15);
        using ManualResetEventSlim never = new();
        string text;
        while (!holds(text = daemon.Show()))
        {
            Assert.True(Reactor.Now < deadline, text);
            never.Wait(20, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _here.Dispose();
        _segment.Dispose();
    }
}
