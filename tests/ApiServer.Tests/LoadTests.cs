// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.ApiServer.Tests;

public sealed class LoadTests
{
    private const int Count = 2000;

    [Fact]
    public async Task ManyServices_CreatedAndPatchedInParallel_AllReachAWatcher()
    {
        await using var server = await TestServer.StartAsync();
        using var watch = await server.WatchAsync($"{TestServer.Services}?watch=true&resourceVersion=0&labelSelector=load=yes");
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken };
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, Count, parallel, async (i, _) =>
        {
            var service = TestServer.Service("s" + i, """{"type":"LoadBalancer","allocateLoadBalancerNodePorts":false,"ports":[{"port":80}]}""");
            service["metadata"]!["labels"] = new System.Text.Json.Nodes.JsonObject { ["load"] = "yes" };
            Assert.Equal(201, (await server.PostAsync(TestServer.Services, service)).Code);
        });
        var created = clock.Elapsed;
        await Parallel.ForAsync(0, Count, parallel, async (i, _) =>
            Assert.Equal(200, (await server.PatchAsync($"{TestServer.Services}/s{i}/status", """{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}""")).Code));
        var patched = clock.Elapsed - created;
        TestContext.Current.TestOutputHelper?.WriteLine($"{Count / created.TotalSeconds:F0} creates/s, {Count / patched.TotalSeconds:F0} status patches/s");
        var last = 0L;
        for (var i = 0; i < 2 * Count; i++)
        {
            var change = await TestServer.NextAsync(watch);
            var revision = long.Parse((string)change["object"]!["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(revision > last);
            last = revision;
        }
    }
}
