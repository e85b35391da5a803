// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tests.Tracking;

/// <summary>Routes and BFD peers, on a network of their own.</summary>
public sealed class NetworkTrackTests : IAsyncLifetime
{
    private readonly TrackSegment _segment = new();
    private readonly TrackHost _host;

    public NetworkTrackTests() => _host = TrackSegment.Within(_segment.Here, static () => new TrackHost());

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _segment.Dispose();
    }

    [Fact]
    public async Task Route_ComesAndGoes_IsReported()
    {
        _host.Plane.Apply(Routes(Route("any"), Route("by") with { Via = Address("192.0.2.2") }, Route("other") with { Via = Address("192.0.2.3") }, Route("on") with { Device = "eth0" }));
        foreach (string name in new[] { "any", "by", "other", "on" })
            await _host.UntilAsync(name, TrackState.Down, "no route to 0.0.0.0/0");
        _segment.Ip("route add default via 192.0.2.2");
        await _host.UntilAsync("any", TrackState.Up, "is there, via 192.0.2.2");
        await _host.UntilAsync("by", TrackState.Up);
        await _host.UntilAsync("on", TrackState.Up);
        Assert.Equal(TrackState.Down, _host.Now("other").State);
        _segment.Ip("route replace default via 192.0.2.3");
        await _host.UntilAsync("other", TrackState.Up);
        await _host.UntilAsync("by", TrackState.Down);
        _segment.Ip("route del default");
        await _host.UntilAsync("any", TrackState.Down);
    }

    [Fact]
    public async Task Route_WhoseInterfaceGoesDown_IsMissed()
    {
        _segment.Ip("route add default via 192.0.2.2");
        _host.Plane.Apply(Routes(Route("any")));
        await _host.UntilAsync("any", TrackState.Up);
        // The kernel removes the route, and tells of the interface alone.
        _segment.Ip("link set eth0 down");
        await _host.UntilAsync("any", TrackState.Down);
    }

    [Fact]
    public async Task Route_InAnotherTable_IsToldApart()
    {
        _host.Plane.Apply(Routes(Route("main"), Route("numbered") with { Table = "4711" }, Route("named") with { Table = "no-such-table" }));
        _segment.Ip("route add default via 192.0.2.2 table 4711");
        await _host.UntilAsync("numbered", TrackState.Up);
        await _host.UntilAsync("main", TrackState.Down);
        await _host.UntilAsync("named", TrackState.Down, "table no-such-table is in no rt_tables file");
        // A route that throws packets away is none.
        _segment.Ip("route add blackhole default metric 5");
        _segment.Ip("route del default table 4711");
        await _host.UntilAsync("numbered", TrackState.Down);
        Assert.Equal(TrackState.Down, _host.Now("main").State);
    }

    [Fact]
    public async Task Routes_OfAReload_AreLookedForAtOnce()
    {
        _segment.Ip("route add default via 192.0.2.2");
        _segment.Ip("route add 198.51.100.0/24 via 192.0.2.2");
        _host.Plane.Apply(Routes(Route("first")));
        await _host.UntilAsync("first", TrackState.Up);
        TrackedRoute more = new() { Name = "second", Destination = Prefix("198.51.100.0/24") };
        _host.Plane.Apply(Routes(Route("first") with { Weight = -5 }, more));
        await _host.UntilAsync("second", TrackState.Up);
        _host.Plane.Apply(new());
        await _host.UntilAsync("first", static report => report == default);
        Assert.Empty(_host.Plane.Current);
    }

    [Fact]
    public async Task BfdPeer_ComesUpAndFails_IsReported()
    {
        BfdPeer peer = new() { Name = "it", Neighbor = Address("192.0.2.2"), TransmitInterval = Slow, ReceiveInterval = Slow, Multiplier = 10 };
        _host.Plane.Apply(new() { BfdPeers = [peer] });
        await _host.UntilAsync("it", TrackState.Down, "");
        using (BfdDriver far = Far())
        {
            await _host.UntilAsync("it", TrackState.Up, "session is up");
            // Other intervals are agreed on without the session going down.
            _host.Plane.Apply(new() { BfdPeers = [peer with { Weight = 10, Multiplier = 20 }] });
        }

        await _host.UntilAsync("it", TrackState.Down, "session is Down");
        Assert.Equal([TrackState.Down, TrackState.Up, TrackState.Down], _host.Reports.Select(static r => r.State));
    }

    [Fact]
    public async Task BfdPeer_ThatCannotBe_SaysWhy()
    {
        _host.Plane.Apply(new()
        {
            BfdPeers =
            [
                new() { Name = "one", Neighbor = Address("192.0.2.2") },
                new() { Name = "two", Neighbor = Address("192.0.2.2") },
                new() { Name = "link", Neighbor = Address("fe80::1") },
            ],
        });
        await _host.UntilAsync("two", TrackState.Down, "bfdPeers.one is a session with the same peer");
        await _host.UntilAsync("link", TrackState.Down, "fe80::1 is link-local");
    }

    [Theory]
    [InlineData(1, 10, 255)]
    [InlineData(50, 50, 255)]
    public void BfdPeer_Settings_AreWithinWhatTheMachineCan(int asked, int used, byte hops)
    {
        BfdParameters parameters = BfdTracks.ParametersOf(new() { TransmitInterval = TimeSpan.FromMilliseconds(asked), ReceiveInterval = TimeSpan.FromMilliseconds(asked) });
        Assert.Equal((TimeSpan.FromMilliseconds(used), hops), (parameters.TransmitInterval, parameters.MinimumHopLimit));
        Assert.Empty(parameters.Errors());
        Assert.Equal(1, BfdTracks.ParametersOf(new() { MaxHops = 255 }).MinimumHopLimit);
        Assert.Equal(253, BfdTracks.ParametersOf(new() { MaxHops = 2 }).MinimumHopLimit);
    }

    // A busy machine may keep a thread waiting: that must not be a failure of the path.
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(300);

    private BfdDriver Far() => TrackSegment.Within(_segment.There, static () =>
    {
        BfdDriver driver = new(7, static _ => true);
        driver.Start();
        driver.TrySet(new(BfdHops.SingleHop, Address("192.0.2.1")), new() { TransmitInterval = Slow, ReceiveInterval = Slow, DetectMultiplier = 10 });
        return driver;
    });

    private static TrackedRoute Route(string name) => new() { Name = name, Destination = Prefix("0.0.0.0/0") };

    private static VipConfiguration Routes(params ReadOnlySpan<TrackedRoute> routes) => new() { Routes = [.. routes.ToArray()] };

    private static IpAddr Address(string text) => IpAddr.TryParse(text, out IpAddr address) ? address : throw new FormatException(text);

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}
