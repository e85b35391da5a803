// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tests.Health;

public sealed class ServiceTrackTests
{
    private sealed class Sink : ITrackSink
    {
        public ConcurrentQueue<TrackReport> Reports { get; } = new();

        public void Take(TrackReport report) => Reports.Enqueue(report);
    }

    [Fact]
    public async Task Service_OnTheLoopback_IsReportedFromItsFirstAnswer()
    {
        Sink sink = new();
        StubServer server = StubServer.Hanging();
        TrackedService service = new()
        {
            Name = "web",
            Check = new() { Kind = CheckKind.Tcp, ConnectPort = server.Port, Interval = TimeSpan.FromMilliseconds(20), Warmup = TimeSpan.Zero, Fall = 2, Rise = 3 },
        };
        await using ServiceTrack track = new(service, new() { Scripts = new ScriptedRunner() }, sink);
        await Eventually.Holds(() => !sink.Reports.IsEmpty);
        Assert.Equal([new TrackReport(TrackedKind.Service, "web", TrackState.Up, null, "connected")], sink.Reports);

        await server.DisposeAsync();

        await Eventually.Holds(() => sink.Reports.Count == 2);
        Assert.Equal(new TrackReport(TrackedKind.Service, "web", TrackState.Down, null, "connection refused"), sink.Reports.Last());
    }

    [Fact]
    public async Task Service_ThatBeginsDown_SaysSoBeforeItIsAsked()
    {
        Sink sink = new();
        TrackedService service = new() { Name = "web", Check = new() { Kind = CheckKind.Script, Command = ["/check"], StartDown = true, Warmup = TimeSpan.FromHours(1) } };

        await using ServiceTrack track = new(service, new() { Scripts = new ScriptedRunner(), Jitter = static () => 1 }, sink);

        Assert.Equal([new TrackReport(TrackedKind.Service, "web", TrackState.Down, null, "not asked yet")], sink.Reports);
    }
}
