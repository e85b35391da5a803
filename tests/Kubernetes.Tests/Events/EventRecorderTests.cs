// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Kubernetes.Tests.Client;
using LoadBalancer.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Kubernetes.Tests.Events;

public sealed class EventRecorderTests
{
    private static readonly EventRecorderOptions Options = new() { Component = "controller", Instance = "pod-1", Waiting = 8 };

    private readonly Service _service = new() { Metadata = new() { Namespace = "web", Name = "shop", Uid = "u1" } };

    [Fact]
    public async Task Record_SameEventAgain_IsCountedOnOneEvent()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.JsonAsync(context, 200, "{}"));
        await using var run = Run(server);
        run.Recorder.Record(_service, EventType.Warning, "AllocationFailed", "the pool is full");
        await run.WrittenAsync(1);
        run.Recorder.Record(_service, EventType.Warning, "AllocationFailed", "the pool is full");
        await run.WrittenAsync(2);
        run.Recorder.Record(_service, EventType.Normal, "Assigned", "192.0.2.1");
        await run.WrittenAsync(3);

        var seen = server.Seen.ToArray();
        Assert.Equal(["POST", "PATCH", "POST"], seen.Select(request => request.Method));
        using var created = JsonDocument.Parse(seen[0].Body);
        var root = created.RootElement;
        Assert.Equal("/api/v1/namespaces/web/events", seen[0].Path);
        Assert.Equal("shop", root.GetProperty("involvedObject").GetProperty("name").GetString());
        Assert.Equal("Service", root.GetProperty("involvedObject").GetProperty("kind").GetString());
        Assert.Equal("u1", root.GetProperty("involvedObject").GetProperty("uid").GetString());
        Assert.Equal("Warning", root.GetProperty("type").GetString());
        Assert.Equal(1, root.GetProperty("count").GetInt32());
        Assert.Equal("controller", root.GetProperty("reportingComponent").GetString());
        Assert.Equal("pod-1", root.GetProperty("reportingInstance").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", root.GetProperty("lastTimestamp").GetString());
        var name = root.GetProperty("metadata").GetProperty("name").GetString();
        Assert.Equal($"/api/v1/namespaces/web/events/{name}", seen[1].Path);
        Assert.Contains("\"count\":2", seen[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_ObjectOfTheWholeCluster_IsWrittenToDefault()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.JsonAsync(context, 200, "{}"));
        await using var run = Run(server);
        run.Recorder.Record(new Node { Metadata = new() { Name = "n1" } }, EventType.Normal, "Leading", "yes");
        await run.WrittenAsync(1);
        Assert.Equal("/api/v1/namespaces/default/events", Assert.Single(server.Seen).Path);
    }

    [Fact]
    public async Task Record_EventExpiredOnTheServer_IsCreatedAnew()
    {
        await using var server = await ScriptedServer.StartAsync((context, seen) => seen.Method == "PATCH"
            ? ScriptedServer.StatusAsync(context, 404, "NotFound")
            : ScriptedServer.JsonAsync(context, 200, "{}"));
        await using var run = Run(server);
        for (var i = 1; i <= 2; i++)
        {
            run.Recorder.Record(_service, EventType.Normal, "Assigned", "192.0.2.1");
            await run.WrittenAsync(i);
        }
        Assert.Equal(["POST", "PATCH", "POST"], server.Seen.Select(request => request.Method));
    }

    [Fact]
    public async Task Record_Refused_IsDroppedAndTheNextIsWritten()
    {
        await using var server = await ScriptedServer.StartAsync((context, seen) => seen.Body.Contains("Bad", StringComparison.Ordinal)
            ? ScriptedServer.StatusAsync(context, 403, "Forbidden")
            : ScriptedServer.JsonAsync(context, 200, "{}"));
        await using var run = Run(server);
        run.Recorder.Record(_service, EventType.Normal, "Bad", "x");
        run.Recorder.Record(_service, EventType.Normal, "Good", "x");
        await run.WrittenAsync(1);
        Assert.Equal(1, run.Recorder.Dropped);
    }

    [Fact]
    public async Task Record_MoreThanMayWait_IsDroppedWithoutWaiting()
    {
        using var client = Samples.Client(new KubeConfig { Server = new("http://127.0.0.1:1") });
        var recorder = new EventRecorder(client, Options, TimeProvider.System, new Random(1), NullLogger.Instance);
        for (var i = 0; i < 100; i++) recorder.Record(_service, EventType.Normal, "Assigned", $"number {i}");
        Assert.Equal(92, recorder.Dropped);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await recorder.RunAsync(stop.Token);
        Assert.Equal(100, recorder.Dropped);
    }

    [Fact]
    public void Aggregator_ManyDifferentEvents_RemembersTheLastUsed()
    {
        var aggregator = new EventAggregator(TimeSpan.FromMinutes(10), 3);
        for (var i = 0; i < 100; i++)
        {
            Observe(aggregator, "kept", i);
            Observe(aggregator, $"other {i}", i);
        }
        Assert.Equal(3, aggregator.Count);
        Assert.Equal(101, Observe(aggregator, "kept", 100).Count);
        Assert.Equal(1, Observe(aggregator, "other 1", 100).Count);
    }

    [Fact]
    public void Aggregator_QuietForLongerThanTheWindow_CountsAnew()
    {
        var aggregator = new EventAggregator(TimeSpan.FromMinutes(10), 3);
        Observe(aggregator, "a", 0);
        Assert.Equal(2, Observe(aggregator, "a", 600).Count);
        Assert.Equal(1, Observe(aggregator, "a", 1201).Count);
        Assert.Equal(1, aggregator.Count);
    }

    [Fact]
    public void Bucket_AfterItsBurst_GivesTheRate()
    {
        var bucket = new TokenBucket(10, 2, new(0));
        Assert.Equal(TimeSpan.Zero, bucket.Take(new(0)));
        Assert.Equal(TimeSpan.Zero, bucket.Take(new(0)));
        Assert.Equal(TimeSpan.FromMilliseconds(100), bucket.Take(new(0)));
        Assert.Equal(TimeSpan.Zero, bucket.Take(new(10_000_000_000)));
    }

    private static EventEntry Observe(EventAggregator aggregator, string message, long seconds) =>
        aggregator.Observe(new("Service", "ns", "a", "u", EventType.Normal, "r", message), () => new(), default, new MonoTime(seconds * 1_000_000_000));

    private static RunningRecorder Run(ScriptedServer server) => new(Samples.Client(server));

    private sealed class RunningRecorder : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ApiClient _client;
        private readonly Task _run;

        internal RunningRecorder(ApiClient client)
        {
            _client = client;
            Recorder = new(client, Options, TimeProvider.System, new Random(1), NullLogger.Instance);
            _run = Recorder.RunAsync(_stop.Token);
        }

        internal EventRecorder Recorder { get; }

        internal async Task WrittenAsync(int count)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (Recorder.Written < count) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, patience.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _client.Dispose();
            _stop.Dispose();
        }
    }
}
