// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Leases;
using LoadBalancer.Kubernetes.Tests.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Kubernetes.Tests.Leases;

public sealed class LeaseElectorTests
{
    private static readonly LeaseOptions Options = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1.2), TimeSpan.FromMilliseconds(100));

    private readonly LeaseStore _store = new();

    [Fact]
    public async Task Elector_Stopped_GivesTheLeaseToTheOther()
    {
        await using var server = await ScriptedServer.StartAsync(_store.AnswerAsync);
        using var client = Samples.Client(server);
        using var stopFirst = new CancellationTokenSource();
        using var stopSecond = new CancellationTokenSource();
        var first = Make(client, 1, out var changes);
        var firstRun = first.RunAsync(stopFirst.Token);
        await EventuallyAsync(() => first.IsLeader);
        var second = Make(client, 2, out _);
        var secondRun = second.RunAsync(stopSecond.Token);
        await EventuallyAsync(() => _store.Version > 6);
        Assert.True(first.IsLeader);
        Assert.False(second.IsLeader);

        await stopFirst.CancelAsync();
        await firstRun;
        Assert.False(first.IsLeader);
        Assert.Equal([LeaseChange.BecameLeader, LeaseChange.Stopped], changes);
        await EventuallyAsync(() => second.IsLeader);
        Assert.Equal(second.Identity, _store.Holder);
        await stopSecond.CancelAsync();
        await secondRun;
        Assert.Null(_store.Holder);
    }

    [Fact]
    public async Task Elector_FirstAnswerIsSlow_IsWaitedForAndNotAskedAgain()
    {
        var asked = 0;
        await using var server = await ScriptedServer.StartAsync(async (context, seen) =>
        {
            // Longer than the time a renewal has, shorter than a leadership.
            if (Interlocked.Increment(ref asked) == 1)
                await Task.Delay(Options.Renew * 0.6, TimeProvider.System, CancellationToken.None);
            await _store.AnswerAsync(context, seen);
        });
        using var client = Samples.Client(server);
        using var stop = new CancellationTokenSource();
        var elector = Make(client, 1, out _);
        var run = elector.RunAsync(stop.Token);
        await EventuallyAsync(() => Volatile.Read(ref asked) > 1);
        Assert.Equal(["GET", "POST"], server.Seen.Take(2).Select(s => s.Method));
        await EventuallyAsync(() => elector.IsLeader);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task Elector_ServerHangs_EndsLeadershipInTimeAndReturns()
    {
        await using var server = await ScriptedServer.StartAsync(_store.AnswerAsync);
        using var client = Samples.Client(server);
        using var stop = new CancellationTokenSource();
        var elector = Make(client, 1, out var changes);
        var run = elector.RunAsync(stop.Token);
        await EventuallyAsync(() => elector.IsLeader);
        _store.Hang = true;
        await EventuallyAsync(() => !elector.IsLeader && changes.Contains(LeaseChange.Expired));
        Assert.Contains("did not answer", elector.Fault, StringComparison.Ordinal);
        _store.Hang = false;
        await EventuallyAsync(() => elector.IsLeader);
        await EventuallyAsync(() => elector.Fault is null);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task Elector_ServerRefusesEverything_NeverLeadsAndStops()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.StatusAsync(context, 403, "Forbidden"));
        using var client = Samples.Client(server);
        using var stop = new CancellationTokenSource();
        var elector = Make(client, 1, out _);
        var run = elector.RunAsync(stop.Token);
        await EventuallyAsync(() => server.Seen.Count > 3);
        Assert.False(elector.IsLeader);
        Assert.Contains("403", elector.Fault, StringComparison.Ordinal);
        await stop.CancelAsync();
        await run;
    }

    private static LeaseElector Make(ApiClient client, int seed, out ConcurrentQueue<LeaseChange> changes)
    {
        var taken = changes = new();
        return new(client, "lb", "controller", $"c{seed}", Options, taken.Enqueue, TimeProvider.System, new Random(seed), NullLogger.Instance);
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    /// <summary>One Lease with optimistic concurrency.</summary>
    private sealed class LeaseStore
    {
        private readonly Lock _gate = new();
        private JsonObject? _lease;

        internal int Version { get; private set; }

        internal bool Hang { get; set; }

        internal string? Holder
        {
            get
            {
                lock (_gate) return _lease?["spec"]?["holderIdentity"]?.GetValue<string>();
            }
        }

        internal Task AnswerAsync(HttpContext context, SeenRequest seen)
        {
            if (Hang) return ScriptedServer.HangAsync(context);
            int code;
            string body;
            lock (_gate) (code, body) = Serve(seen);
            return ScriptedServer.JsonAsync(context, code, body);
        }

        private (int Code, string Body) Serve(SeenRequest seen)
        {
            if (seen.Method == "GET")
                return _lease is null ? (404, ScriptedServer.StatusText(404, "NotFound", "none")) : (200, _lease.ToJsonString());
            var sent = JsonNode.Parse(seen.Body)!.AsObject();
            if (seen.Method == "POST")
            {
                if (_lease is not null) return (409, ScriptedServer.StatusText(409, "AlreadyExists", "there"));
                _lease = sent;
            }
            else
            {
                if (sent["metadata"]!["resourceVersion"]!.GetValue<string>() != _lease!["metadata"]!["resourceVersion"]!.GetValue<string>())
                    return (409, ScriptedServer.StatusText(409, "Conflict", "other version"));
                foreach (var (name, value) in sent["spec"]!.AsObject()) _lease["spec"]![name] = value?.DeepClone();
            }
            _lease["metadata"]!["resourceVersion"] = (++Version).ToString(CultureInfo.InvariantCulture);
            return (200, _lease.ToJsonString());
        }
    }
}
