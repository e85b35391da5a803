// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Tests;

public sealed class WatchTests
{
    [Fact]
    public async Task Watch_FromRevision_SeesEveryChangeInOrder()
    {
        await using var server = await TestServer.StartAsync();
        var revision = (string?)(await server.GetAsync(TestServer.Services)).Body["metadata"]!["resourceVersion"];
        await server.PostAsync(TestServer.Services, TestServer.Service("a"));
        using var watch = await server.WatchAsync($"{TestServer.Services}?watch=true&resourceVersion={revision}");
        await server.PatchAsync(TestServer.Services + "/a", """{"metadata":{"labels":{"x":"y"}}}""");
        await server.SendAsync(HttpMethod.Delete, TestServer.Services + "/a");
        foreach (var expected in new[] { "ADDED", "MODIFIED", "DELETED" })
        {
            var change = await TestServer.NextAsync(watch);
            Assert.Equal(expected, (string?)change["type"]);
            Assert.Equal("a", (string?)change["object"]!["metadata"]!["name"]);
        }
    }

    [Fact]
    public async Task Watch_AfterCompaction_GetsGone()
    {
        await using var server = await TestServer.StartAsync();
        var revision = (string?)(await server.GetAsync(TestServer.Services)).Body["metadata"]!["resourceVersion"];
        await server.PostAsync(TestServer.Services, TestServer.Service("a"));
        server.Server.CompactHistory();
        using var watch = await server.WatchAsync($"{TestServer.Services}?watch=true&resourceVersion={revision}");
        var change = await TestServer.NextAsync(watch);
        Assert.Equal("ERROR", (string?)change["type"]);
        Assert.Equal(410, (int?)change["object"]!["code"]);
    }

    [Fact]
    public async Task Watch_ObjectLeavesSelection_IsDeletedThere()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(TestServer.Services, TestServer.Service("a"));
        await server.PatchAsync(TestServer.Services + "/a", """{"metadata":{"labels":{"x":"y"}}}""");
        using var watch = await server.WatchAsync($"{TestServer.Services}?watch=true&labelSelector=x%20in%20(y,z)");
        Assert.Equal("ADDED", (string?)(await TestServer.NextAsync(watch))["type"]);
        await server.PatchAsync(TestServer.Services + "/a", """{"metadata":{"labels":{"x":"other"}}}""");
        Assert.Equal("DELETED", (string?)(await TestServer.NextAsync(watch))["type"]);
    }

    [Fact]
    public async Task Watch_Timeout_EndsWithBookmark()
    {
        await using var server = await TestServer.StartAsync();
        using var watch = await server.WatchAsync($"{TestServer.Services}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1");
        Assert.Equal("ADDED", (string?)(await TestServer.NextAsync(watch))["type"]);
        var end = await TestServer.NextAsync(watch);
        Assert.Equal("true", (string?)end["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
        Assert.Equal("BOOKMARK", (string?)(await TestServer.NextAsync(watch))["type"]);
        Assert.Null(await watch.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task List_InChunks_ShowsOneRevision()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 0; i < 5; i++)
            await server.PostAsync(TestServer.Services, TestServer.Service("s" + i));
        var (_, first) = await server.GetAsync(TestServer.Services + "?limit=2");
        Assert.Equal(4, (int?)first["metadata"]!["remainingItemCount"]);
        await server.SendAsync(HttpMethod.Delete, TestServer.Services + "/s4");
        var token = Uri.EscapeDataString((string)first["metadata"]!["continue"]!);
        var (_, rest) = await server.GetAsync($"{TestServer.Services}?limit=10&continue={token}");
        Assert.Equal(4, rest["items"]!.AsArray().Count);
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)rest["metadata"]!["resourceVersion"]);
        server.Server.CompactHistory();
        Assert.Equal(410, (await server.GetAsync($"{TestServer.Services}?limit=10&continue={token}")).Code);
    }
}
