// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.ApiServer.Faults;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Testing;

namespace LoadBalancer.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class ControllerTests(World world)
{
    /// <summary>The lease time of the controller and what a successor needs to read everything.</summary>
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(12);

    private static CancellationToken Cancellation => World.Cancellation;

    [Fact]
    public async Task Controllers_BothRestarted_EveryServiceKeepsItsAddress()
    {
        await using var scene = await Scene.OpenAsync(world);
        for (var i = 0; i < 5; i++)
            await scene.ServiceAsync(Name(i));
        var before = await AddressesAsync(scene, 5);
        // A hole below the others: a controller that allocated before it had read everything would fill it.
        await scene.DeleteAsync(scene.ServicePath(Name(0)));
        await scene.AssignedIsAsync(4);

        for (var number = 1; number <= World.Controllers; number++)
            Assert.Equal(0, await world.Controller(number).StopAsync(Cancellation));
        await scene.ServiceAsync(Name(5));
        await world.RestoreAsync();

        var after = await AddressesAsync(scene, 6, from: 1);
        foreach (var (name, address) in before.Where(b => b.Key != Name(0)))
            Assert.Equal((name, address), (name, after[name]));
        Assert.Equal(5, after.Values.Distinct().Count());
        await scene.AssignedIsAsync(5);
    }

    [Fact]
    public async Task Leader_Killed_OtherAssignsWithinTheLeaseTime()
    {
        await using var scene = await Scene.OpenAsync(world);
        await scene.ServiceAsync("before");
        var kept = await scene.AddressesAsync("before");

        world.Controller(await world.WaitForLeaderAsync()).Kill();
        await scene.ServiceAsync("after");

        await world.UntilAsync("the other controller assigns an address", TakeOver, async () =>
            Scene.Ingress(await scene.GetAsync(scene.ServicePath("after"))).Count == 1 ? null : "the new Service has none");
        Assert.Equal(kept, await scene.AddressesAsync("before"));
        Assert.NotEqual(kept, await scene.AddressesAsync("after"));
    }

    [Fact]
    public async Task Answer_LaterThanTheWatchTellsOfTheWrite_CountsAsWritten()
    {
        var server = world.NeedEmbedded();
        await using var scene = await Scene.OpenAsync(world);
        server.Faults.Add(new Fault(FaultKind.LateAnswer) { Verb = "patch", Resource = "services/status", Delay = TimeSpan.FromMilliseconds(500) });

        await scene.ServiceAsync("late");

        Assert.Contains(Assert.Single(await scene.AddressesAsync("late")), await scene.EventAsync("late", "IPAllocated"), StringComparison.Ordinal);
        server.Faults.Clear();
    }

    [Fact]
    public async Task Answer_AboutAServiceThatIsAnotherByNow_ChangesNothing()
    {
        var server = world.NeedEmbedded();
        await using var scene = await Scene.OpenAsync(world, "192.0.2.100-192.0.2.101");
        server.Faults.Add(new Fault(FaultKind.LateAnswer) { Verb = "patch", Resource = "services/status", Count = 1, Delay = TimeSpan.FromMilliseconds(1500) });
        await scene.ServiceAsync("web", Asking("192.0.2.100"));
        await scene.AddressesAsync("web");
        await scene.DeleteAsync(scene.ServicePath("web"));
        await scene.ServiceAsync("web", Asking("192.0.2.101"));
        Assert.Equal("192.0.2.101", Assert.Single(await scene.AddressesAsync("web")));

        // The answer about the first one arrives meanwhile.
        await scene.ServiceAsync("rival", Asking("192.0.2.101"));
        await world.AlwaysAsync("the address has one user", TimeSpan.FromSeconds(3), async () =>
            Scene.Ingress(await scene.GetAsync(scene.ServicePath("rival"))).Count == 0 ? null : "both have it");
        Assert.Equal("192.0.2.101", Assert.Single(await scene.AddressesAsync("web")));
        await scene.ServiceAsync("other", Asking("192.0.2.100"));
        await scene.AddressesAsync("other");
    }

    [Fact]
    public async Task Leader_KilledBetweenAllocationAndStatusWrite_NothingIsUsedTwiceOrLost()
    {
        var server = world.NeedEmbedded();
        await using var scene = await Scene.OpenAsync(world, "192.0.2.100-192.0.2.105");
        await scene.ServiceAsync(Name(0));
        await scene.AddressesAsync(Name(0));
        var leader = await world.WaitForLeaderAsync();

        // Allocated in the leader's memory, never written: the answer to the write does not come.
        server.Faults.Add(new Fault(FaultKind.Hang) { Verb = "patch", Resource = "services/status" });
        server.Faults.Add(new Fault(FaultKind.Hang) { Verb = "patch", Resource = "services" });
        for (var i = 1; i < 4; i++)
            await scene.ServiceAsync(Name(i));
        await world.AlwaysAsync("nothing is written", TimeSpan.FromMilliseconds(500), async () =>
            Scene.Ingress(await scene.GetAsync(scene.ServicePath(Name(1)))).Count == 0 ? null : "there is an address");
        world.Controller(leader).Kill();
        server.Faults.Clear();
        await scene.DeleteAsync(scene.ServicePath(Name(3)));

        for (var i = 4; i < 7; i++)
            await scene.ServiceAsync(Name(i));
        var names = Enumerable.Range(0, 7).Where(i => i != 3).Select(Name).ToArray();
        await world.UntilAsync("six Services share six addresses", TakeOver + TakeOver, async () =>
        {
            var all = new List<string>();
            foreach (var name in names)
                all.AddRange(Scene.Ingress(await scene.GetAsync(scene.ServicePath(name))));
            return all.Count == 6 && all.Distinct().Count() == 6 ? null : string.Join(", ", all);
        });
        await scene.AssignedIsAsync(6);
    }

    [Fact]
    public async Task Leader_PausedPastItsLease_WritesNothingWhenItRunsAgain()
    {
        await using var scene = await Scene.OpenAsync(world, "192.0.2.100-192.0.2.103");
        await scene.ServiceAsync(Name(0));
        await scene.AddressesAsync(Name(0));
        var leader = await world.WaitForLeaderAsync();
        var old = world.Controller(leader);

        string before;
        old.Pause();
        try
        {
            await scene.ServiceAsync(Name(1));
            await scene.ServiceAsync(Name(2));
            await world.UntilAsync("the other controller assigns", TakeOver, async () =>
                Scene.Ingress(await scene.GetAsync(scene.ServicePath(Name(2)))).Count == 1 ? null : "the new Service has no address");
            // What the old one has in its mailbox when it runs again is out of date in every respect.
            await scene.DeleteAsync(scene.ServicePath(Name(0)));
            await scene.ServiceAsync(Name(3));
            await world.UntilAsync("the freed address is used again or another one", TakeOver, async () =>
                Scene.Ingress(await scene.GetAsync(scene.ServicePath(Name(3)))).Count == 1 ? null : "the new Service has no address");
            await scene.AssignedIsAsync(3);
            // Taken while the old one still stands: its first instant afterwards is the one that matters.
            before = await VersionsAsync(scene);
        }
        finally
        {
            old.Resume();
        }

        await world.AlwaysAsync("no Service is written", TimeSpan.FromSeconds(3), async () =>
            await VersionsAsync(scene) is var now && now == before ? null : $"{now} instead of {before}");
        var status = JsonNode.Parse((await world.ControllerAsync(leader, "/status")).Body);
        Assert.False((bool?)status?["leader"]);
        Assert.Empty(status!["pools"]!.AsArray());
        var metrics = (await world.ControllerAsync(leader, "/metrics")).Body;
        Assert.DoesNotContain("metallb_k8s_client_config_", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("metallb_allocator_addresses", metrics, StringComparison.Ordinal);
        await scene.AssignedIsAsync(3);
    }

    [Fact]
    public async Task HeartbeatKey_RefusedAtFirst_IsCreatedOnceItMayBe()
    {
        var server = world.NeedEmbedded();
        await using var scene = await Scene.OpenAsync(world);
        server.Faults.Add(new Fault(FaultKind.Error) { Verb = "create", Resource = "secrets", Code = 403, Count = 1 });
        // A controller of its own, in a namespace of its own: the others have been given no Secret to look after.
        await using var process = await world.Network.StartProcessAsync(world.Network.Control.Namespace, new LabProcessOptions
        {
            Name = "controller-key",
            File = Checkout.Program("controller"),
            Arguments = ["--kubeconfig", AdminKubeConfig(server), "--namespace", scene.Namespace, "--lb-class", "example.test/nobody", "--port", "0", "--health-probe-port", "0", "--ml-secret-name", "memberlist"],
        });
        var secret = $"/api/v1/namespaces/{scene.Namespace}/secrets/memberlist";

        await process.WaitForLineAsync("was answered 403", Scene.Patience, Cancellation);
        await world.UntilAsync("the Secret is there", Scene.Patience, async () =>
            await scene.GetAsync(secret) is { } found && Convert.FromBase64String((string)found["data"]!["secretkey"]!).Length >= 32 ? null : "it is not");
        await scene.DeleteAsync(secret);
    }

    [Fact]
    public async Task Definition_WithoutConditions_IsNotWrittenToAgainAndAgain()
    {
        const string Path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/ipaddresspools.metallb.io";
        var server = world.NeedEmbedded();
        await using var scene = await Scene.OpenAsync(world);
        var definition = (await scene.GetAsync(Path))!;
        // As of MetalLB, whose pools have figures in their status and no conditions.
        var older = definition.DeepClone();
        foreach (var version in older["spec"]!["versions"]!.AsArray())
            version!["schema"]!["openAPIV3Schema"]!["properties"]!["status"]!["properties"]!.AsObject().Remove("conditions");
        await PutAsync(older);
        try
        {
            server.Faults.Add(new Fault(FaultKind.Delay) { Verb = "patch", Resource = "ipaddresspools/status", Count = 3, Delay = TimeSpan.Zero });
            server.Faults.Add(new Fault(FaultKind.Error) { Verb = "patch", Resource = "ipaddresspools/status", Code = 507 });
            await scene.PoolAsync(scene.Pool + "-b", "192.0.2.120-192.0.2.121");
            await world.UntilAsync("what is wrong is said", Scene.Patience, () => Task.FromResult(
                Lines().Any(l => l.Contains(scene.Pool + "-b: the server took its status and kept no Accepted condition", StringComparison.Ordinal)) ? null : "it is not"));
            await world.AlwaysAsync("it is left at that", TimeSpan.FromSeconds(4), () => Task.FromResult(
                Lines().FirstOrDefault(l => l.Contains("was answered 507", StringComparison.Ordinal))));
        }
        finally
        {
            server.Faults.Clear();
            await PutAsync(definition);
        }

        IEnumerable<string> Lines() => world.Controller(1).Output.Lines.Concat(world.Controller(2).Output.Lines);

        async Task PutAsync(JsonNode changed)
        {
            changed["metadata"]!["resourceVersion"] = (string?)(await scene.GetAsync(Path))!["metadata"]!["resourceVersion"];
            var (status, body) = await world.Cluster.Admin.SendAsync(HttpMethod.Put, Path, changed.DeepClone(), Cancellation);
            world.Check(status == System.Net.HttpStatusCode.OK, $"{(int)status} {body?.ToJsonString()}");
        }
    }

    private string AdminKubeConfig(EmbeddedApiServer server)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(world.Network.State.Directory, "controller.kubeconfig")))!.AsObject();
        config["users"]![0]!["user"] = new JsonObject { ["token"] = server.AdminToken };
        var file = Path.Combine(world.Network.State.Directory, "key-admin.kubeconfig");
        File.WriteAllText(file, config.ToJsonString());
        return file;
    }

    private static Action<JsonObject, JsonObject> Asking(string address) =>
        (metadata, _) => metadata["annotations"]!["metallb.io/loadBalancerIPs"] = address;

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"web-{i}");

    private static async Task<Dictionary<string, string>> AddressesAsync(Scene scene, int to, int from = 0)
    {
        var found = new Dictionary<string, string>();
        for (var i = from; i < to; i++)
            found[Name(i)] = (await scene.AddressesAsync(Name(i)))[0];
        return found;
    }

    private static async Task<string> VersionsAsync(Scene scene) => string.Join(", ",
        (await scene.ListAsync($"/api/v1/namespaces/{scene.Namespace}/services"))
            .Select(s => $"{s["metadata"]?["name"]} {string.Join(',', Scene.Ingress(s))} {s["metadata"]?["resourceVersion"]}").Order(StringComparer.Ordinal));
}
