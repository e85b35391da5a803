// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Tests.Client;

public sealed class WatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_EventsAndBookmarks_ComeInOrder()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.WatchAsync(
            context,
            Samples.Event("ADDED", Samples.Service("a", "u1", "11")),
            Samples.Bookmark("12"),
            Samples.Event("MODIFIED", Samples.Service("a", "u1", "13")),
            Samples.Event("DELETED", Samples.Service("a", "u1", "14"))));
        using var client = Samples.Client(server, new() { WatchTimeout = TimeSpan.FromSeconds(100) });
        var events = new List<string>();
        await foreach (var change in client.WatchAsync(Kinds.Service, new("default"), "10", Cancellation))
            events.Add($"{change.Type} {change.Item?.Metadata.Name} {change.ResourceVersion}");
        Assert.Equal(["Added a 11", "Bookmark  12", "Modified a 13", "Deleted a 14"], events);
        var seen = Assert.Single(server.Seen);
        Assert.Equal("/api/v1/namespaces/default/services", seen.Path);
        Assert.Matches(@"^\?watch=true&allowWatchBookmarks=true&timeoutSeconds=1\d\d&resourceVersion=10$", seen.Query);
    }

    [Fact]
    public async Task Watch_ErrorEvent_IsTyped()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) =>
            ScriptedServer.WatchAsync(context, Samples.Event("ERROR", ScriptedServer.StatusText(410, "Expired", "too old"))));
        using var client = Samples.Client(server);
        var fault = await Assert.ThrowsAsync<ApiException>(() => DrainAsync(client));
        Assert.True(fault.IsExpired);
    }

    [Fact]
    public async Task Watch_RefusedAtOnce_IsTyped()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.StatusAsync(context, 403, "Forbidden", "not you"));
        using var client = Samples.Client(server);
        var fault = await Assert.ThrowsAsync<ApiException>(() => DrainAsync(client));
        Assert.Equal((403, "Forbidden"), (fault.Code, fault.Reason));
        Assert.Contains("RBAC", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_Garbage_IsOneReadableSentence()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.WatchAsync(context, "<html>"));
        using var client = Samples.Client(server);
        Assert.Equal(ApiErrorKind.BadAnswer, (await Assert.ThrowsAsync<ApiException>(() => DrainAsync(client))).Kind);
    }

    [Fact]
    public async Task Watch_ObjectOfTheWrongShape_IsNamedAndTheWatchGoesOn()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.WatchAsync(
            context,
            """{"type":"MODIFIED","object":{"metadata":{"name":"bad","namespace":"x","resourceVersion":"12"},"spec":7}}""",
            Samples.Event("ADDED", Samples.Service("a", "u1", "13"))));
        using var client = Samples.Client(server);
        var types = new List<WatchEventType>();
        await foreach (var change in client.WatchAsync(Kinds.Service, default, "10", Cancellation)) types.Add(change.Type);
        Assert.Equal([WatchEventType.Unreadable, WatchEventType.Added], types);
    }

    [Fact]
    [Trait("Scenario", "K8-13")]
    public async Task Watch_StaysOpenPastItsTime_IsDropped()
    {
        await using var server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            await ScriptedServer.WatchAsync(context);
            await ScriptedServer.HangAsync(context);
        });
        using var client = Samples.Client(server, new() { WatchTimeout = TimeSpan.FromMilliseconds(500), WatchGrace = TimeSpan.FromMilliseconds(100) });
        Assert.Equal(ApiErrorKind.Timeout, (await Assert.ThrowsAsync<ApiException>(() => DrainAsync(client))).Kind);
    }

    [Fact]
    public async Task Watch_ConnectionCut_IsUnreachable()
    {
        await using var server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            await ScriptedServer.WatchAsync(context, Samples.Bookmark("11"));
            await ScriptedServer.PartAsync(context, """{"type":"ADD""");
            context.Abort();
        });
        using var client = Samples.Client(server);
        Assert.Equal(ApiErrorKind.Unreachable, (await Assert.ThrowsAsync<ApiException>(() => DrainAsync(client))).Kind);
    }

    private static async Task DrainAsync(ApiClient client)
    {
        await foreach (var _ in client.WatchAsync(Kinds.Service, default, "10", Cancellation)) continue;
    }
}
