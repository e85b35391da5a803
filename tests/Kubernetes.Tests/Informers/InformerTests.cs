// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Kubernetes.Tests.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Kubernetes.Tests.Informers;

/// <summary>Each test scripts the answers to lists and watches in turn; the last of each is repeated.</summary>
public sealed class InformerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<string> _delivered = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stop = new();
    private Informer<Service>? _informer;
    private ScriptedServer? _server;
    private ApiClient? _client;
    private Task _run = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Patience, TimeProvider.System);
        _client?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Start_ExistingObjects_AreDeliveredBeforeSynced()
    {
        await StartAsync([Samples.List("10", "", Samples.Service("a", "u1", "1"), Samples.Service("b", "u2", "2"))], [HangingAsync()]);
        await ExpectAsync("Added a u1", "Added b u2", "Synced");
        Assert.True(_informer!.Health.Synced);
        Assert.Equal(2, _informer.Snapshot().Count);
        Assert.Equal("u1", _informer.Find("default", "a")!.Metadata.Uid);
        Assert.Null(_informer.Find("default", "z"));
    }

    [Fact]
    public async Task Watch_EndsNormally_ContinuesFromTheLastVersionWithoutAnotherList()
    {
        await StartAsync(
            [Samples.List("10", "", Samples.Service("a", "u1", "1"))],
            [
                Lines(Samples.Event("MODIFIED", Samples.Service("a", "u1", "11"))),
                Lines(Samples.Bookmark("50")),
                HangingAsync(Samples.Event("DELETED", Samples.Service("a", "u1", "51"))),
            ]);
        await ExpectAsync("Added a u1", "Synced", "Updated a u1", "Deleted a u1");
        Assert.Equal(["10", "11", "50"], Versions());
        Assert.Equal(1, Lists());
    }

    [Fact]
    public async Task Watch_RepeatsEventsAfterReconnect_AreDeliveredOnce()
    {
        var added = Samples.Event("ADDED", Samples.Service("b", "u2", "11"));
        await StartAsync(
            [Samples.List("10", "", Samples.Service("a", "u1", "1"))],
            [Lines(added), HangingAsync(added, Samples.Event("MODIFIED", Samples.Service("b", "u2", "12")))]);
        await ExpectAsync("Added a u1", "Synced", "Added b u2", "Updated b u2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Watch_VersionTooOld_ListsAgainAndDeliversWhatWasMissed(bool asEvent)
    {
        await StartAsync(
            [
                Samples.List("10", "", Samples.Service("a", "u1", "1"), Samples.Service("b", "u2", "2"), Samples.Service("c", "u3", "3")),
                Samples.List("90", "", Samples.Service("b", "u2", "2"), Samples.Service("c", "u9", "80"), Samples.Service("d", "u4", "81")),
            ],
            [
                asEvent
                    ? Lines(Samples.Event("ERROR", ScriptedServer.StatusText(410, "Expired", "too old resource version")))
                    : context => ScriptedServer.StatusAsync(context, 410, "Expired"),
                HangingAsync(),
            ]);
        await ExpectAsync("Added a u1", "Added b u2", "Added c u3", "Synced", "Deleted a u1", "Deleted c u3", "Added c u9", "Added d u4");
        await EventuallyAsync(() => Versions().Count == 2);
        Assert.Equal(["10", "90"], Versions());
    }

    [Fact]
    public async Task Connection_CutInTheMiddleOfAnEvent_LosesNothing()
    {
        var change = Samples.Event("MODIFIED", Samples.Service("a", "u1", "12"));
        await StartAsync(
            [Samples.List("10", "", Samples.Service("a", "u1", "1"))],
            [
                async context =>
                {
                    await ScriptedServer.WatchAsync(context, Samples.Event("ADDED", Samples.Service("b", "u2", "11")));
                    await ScriptedServer.PartAsync(context, change[..40]);
                    // A reset connection may take unread octets with it.
                    await EventuallyAsync(() => _informer!.Find("default", "b") is not null);
                    context.Abort();
                },
                HangingAsync(change),
            ]);
        await ExpectAsync("Added a u1", "Synced", "Added b u2", "Updated a u1");
        Assert.Equal("11", Versions()[^1]);
    }

    [Fact]
    public async Task Server_AnswersErrorsAndGarbageFirst_IsTriedUntilItWorks()
    {
        await StartAsync(
            ["garbage", "", Samples.List("10", "", Samples.Service("a", "u1", "1"))],
            [context => ScriptedServer.StatusAsync(context, 500, "InternalError"), Lines("<html>"), HangingAsync(Samples.Event("ADDED", Samples.Service("b", "u2", "11")))]);
        await ExpectAsync("Added a u1", "Synced", "Added b u2");
        Assert.True(_informer!.Health.Connected);
        Assert.Null(_informer.Health.LastFault);
    }

    [Fact]
    public async Task List_ObjectBecomesUnreadable_IsNotTakenForDeleted()
    {
        await StartAsync(
            [
                Samples.List("10", "", Samples.Service("a", "u1", "1")),
                Samples.List("20", "", """{"metadata":{"name":"a","namespace":"default","uid":"u1","resourceVersion":"15"},"spec":5}""", Samples.Service("b", "u2", "16")),
            ],
            [context => ScriptedServer.StatusAsync(context, 410, "Expired"), HangingAsync()]);
        await ExpectAsync("Added a u1", "Synced", "Added b u2");
        Assert.NotNull(_informer!.Find("default", "a"));
    }

    [Fact]
    public async Task Sink_CancelledWhileItWaits_GetsTheEventInTheNextRun()
    {
        _server = await ServeAsync([Samples.List("10", "", Samples.Service("a", "u1", "1"), Samples.Service("b", "u2", "2"))], [HangingAsync()]);
        _client = Samples.Client(_server);
        using var first = new CancellationTokenSource();
        var blocked = new TaskCompletionSource();
        var block = true;
        _informer = Make(async (change, token) =>
        {
            if (block && change.Item?.Metadata.Name == "b")
            {
                blocked.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }
            await _delivered.Writer.WriteAsync(Text(change), token);
        });
        var run = _informer.RunAsync(first.Token);
        await blocked.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        await first.CancelAsync();
        await run;
        Assert.False(_informer.Health.Connected);
        block = false;
        _run = _informer.RunAsync(_stop.Token);
        await ExpectAsync("Added a u1", "Added b u2", "Synced");
    }

    [Fact]
    public async Task Sink_MeetsAFaultOfTheServer_GetsTheEventAgain()
    {
        _server = await ServeAsync([Samples.List("10", "", Samples.Service("a", "u1", "1"), Samples.Service("b", "u2", "2"))], [HangingAsync()]);
        _client = Samples.Client(_server);
        var failures = 2;
        _informer = Make((change, token) => change.Item?.Metadata.Name == "b" && failures-- > 0
            ? throw new ApiException(ApiErrorKind.Timeout, "a call made by the sink")
            : _delivered.Writer.WriteAsync(Text(change), token));
        _run = _informer.RunAsync(_stop.Token);
        await ExpectAsync("Added a u1", "Added b u2", "Synced");
    }

    [Fact]
    public async Task Sink_Throws_EndsTheRunWithItsFault()
    {
        _server = await ServeAsync([Samples.List("10", "", Samples.Service("a", "u1", "1"))], [HangingAsync()]);
        _client = Samples.Client(_server);
        _informer = Make((_, _) => throw new InvalidOperationException("sink"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _informer.RunAsync(_stop.Token));
    }

    private static Func<HttpContext, Task> Lines(params string[] lines) => context => ScriptedServer.WatchAsync(context, lines);

    private static Func<HttpContext, Task> HangingAsync(params string[] lines) => async context =>
    {
        await ScriptedServer.WatchAsync(context, lines);
        await ScriptedServer.HangAsync(context);
    };

    private static string Text(InformerEvent<Service> change) =>
        change.Item is null ? change.Type.ToString() : $"{change.Type} {change.Item.Metadata.Name} {change.Item.Metadata.Uid}";

    private async Task StartAsync(string[] lists, Func<HttpContext, Task>[] watches)
    {
        _server = await ServeAsync(lists, watches);
        _client = Samples.Client(_server);
        _informer = Make((change, token) => _delivered.Writer.WriteAsync(Text(change), token));
        _run = _informer.RunAsync(_stop.Token);
    }

    private Informer<Service> Make(Func<InformerEvent<Service>, CancellationToken, ValueTask> sink) => new(
        _client!,
        Kinds.Service,
        default,
        sink,
        new() { FirstRetry = TimeSpan.FromMilliseconds(10), LongestRetry = TimeSpan.FromMilliseconds(50) },
        TimeProvider.System,
        new Random(3),
        NullLogger.Instance);

    private static async Task<ScriptedServer> ServeAsync(string[] lists, Func<HttpContext, Task>[] watches)
    {
        var (list, watch) = (-1, -1);
        return await ScriptedServer.StartAsync((context, seen) => seen.Query.Contains("watch=true", StringComparison.Ordinal)
            ? watches[Math.Min(Interlocked.Increment(ref watch), watches.Length - 1)](context)
            : ScriptedServer.JsonAsync(context, 200, lists[Math.Min(Interlocked.Increment(ref list), lists.Length - 1)]));
    }

    private async Task ExpectAsync(params string[] expected)
    {
        using var patience = new CancellationTokenSource(Patience);
        var got = new List<string>();
        try
        {
            while (got.Count < expected.Length) got.Add(await _delivered.Reader.ReadAsync(patience.Token));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            got.Add("(nothing more)");
        }
        Assert.Equal(expected, got);
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!holds()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    private int Lists() => _server!.Seen.Count(seen => !seen.Query.Contains("watch=true", StringComparison.Ordinal));

    private List<string> Versions() =>
        [.. _server!.Seen.Where(seen => seen.Query.Contains("watch=true", StringComparison.Ordinal)).Select(seen => seen.Query.Split("resourceVersion=")[1])];
}
