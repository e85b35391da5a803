// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class AllocationTests(World world)
{
    private const string PoolAnnotation = "metallb.io/ip-allocated-from-pool";

    private static CancellationToken Cancellation => World.Cancellation;

    [Fact]
    public async Task Service_OfTypeLoadBalancer_GetsAddressAnnotationAndEvent()
    {
        await using var scene = await Scene.OpenAsync(world);
        await scene.ServiceAsync("web");

        var address = Assert.Single(await scene.AddressesAsync("web"));

        Assert.Equal("192.0.2.100", address);
        var service = await scene.GetAsync(scene.ServicePath("web"));
        Assert.Equal(scene.Pool, (string?)service?["metadata"]?["annotations"]?[PoolAnnotation]);
        var message = await scene.EventAsync("web", "IPAllocated");
        Assert.Contains(address, message, StringComparison.Ordinal);
        await scene.AssignedIsAsync(1);
    }

    [Fact]
    public async Task Services_OfOtherKinds_AreNeverTouched()
    {
        await using var scene = await Scene.OpenAsync(world);
        var before = new Dictionary<string, string?>();
        async Task Add(string name, Action<JsonObject> edit) => before[name] = (string?)(await scene.ServiceAsync(name, (_, spec) =>
        {
            spec.Remove("allocateLoadBalancerNodePorts");
            edit(spec);
        }))["metadata"]?["resourceVersion"];
        await Add("cluster-ip", spec => spec["type"] = "ClusterIP");
        await Add("headless", spec =>
        {
            spec["type"] = "ClusterIP";
            spec["clusterIP"] = "None";
        });
        await Add("node-port", spec => spec["type"] = "NodePort");
        await Add("external-name", spec =>
        {
            spec["type"] = "ExternalName";
            spec["externalName"] = "shop.example.test";
        });
        await Add("foreign-class", spec =>
        {
            spec["loadBalancerClass"] = "example.test/other";
            spec["allocateLoadBalancerNodePorts"] = false;
        });
        await scene.ServiceAsync("ours");
        await scene.AddressesAsync("ours");
        // A controller that starts sees them all again.
        var leader = await world.WaitForLeaderAsync();
        await world.Controller(leader).StopAsync(Cancellation);
        await world.RestoreAsync();
        await scene.ServiceAsync("ours-too");
        await scene.AddressesAsync("ours-too");

        foreach (var (name, version) in before)
            Assert.Equal((name, version), (name, (string?)(await scene.GetAsync(scene.ServicePath(name)))?["metadata"]?["resourceVersion"]));
    }

    [Fact]
    public async Task Service_Deleted_GivesItsAddressBack()
    {
        await using var scene = await Scene.OpenAsync(world, "192.0.2.100/32");
        await scene.ServiceAsync("first");
        await scene.AddressesAsync("first");
        await scene.ServiceAsync("second");
        Assert.Contains("no address is free", await scene.EventAsync("second", "AllocationFailed"), StringComparison.Ordinal);

        await scene.DeleteAsync(scene.ServicePath("first"));

        Assert.Equal("192.0.2.100", Assert.Single(await scene.AddressesAsync("second")));
        await scene.DeleteAsync(scene.ServicePath("second"));
        await scene.AssignedIsAsync(0);
    }

    [Fact]
    public async Task Service_TypeChanged_GivesItsAddressBack()
    {
        await using var scene = await Scene.OpenAsync(world, "192.0.2.100/32");
        await scene.ServiceAsync("first");
        await scene.AddressesAsync("first");

        await world.Cluster.Admin.PatchAsync(
            scene.ServicePath("first"),
            JsonNode.Parse("""{"spec": {"type": "ClusterIP", "externalTrafficPolicy": null, "allocateLoadBalancerNodePorts": null} }""")!, Cancellation);

        await scene.ServiceAsync("second");
        Assert.Equal("192.0.2.100", Assert.Single(await scene.AddressesAsync("second")));
        await world.UntilAsync("the first Service bears no mark any more", Scene.Patience, async () =>
        {
            var service = await scene.GetAsync(scene.ServicePath("first"));
            return Scene.Ingress(service).Count == 0 && service?["metadata"]?["annotations"]?[PoolAnnotation] is null ? null : service?.ToJsonString();
        });
    }

    [Fact]
    public async Task Service_DualStack_GetsAndAnnouncesOneAddressOfEachFamily()
    {
        await using var scene = await Scene.OpenAsync(world);
        var made = await scene.ServiceAsync("both", (_, spec) => spec["ipFamilyPolicy"] = "PreferDualStack");
        if (made["spec"]?["clusterIPs"]?.AsArray().Count < 2)
        {
            // The server has one family of cluster addresses: then one of ours is right.
            await scene.AddressesAsync("both");
            return;
        }

        await scene.EndpointsAsync("both", world.Nodes);
        var addresses = await scene.AddressesAsync("both", 2);

        Assert.Contains("192.0.2.100", addresses);
        Assert.Contains("2001:db8:0:1::100", addresses);
        foreach (var address in addresses)
            await scene.AnnouncerAsync(address);
    }

    [Fact]
    public async Task Service_WithoutSelectorAndWithHandMadeSlice_IsServed()
    {
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("manual", world.Nodes[1]);

        var announcer = await scene.AnnouncerAsync(address);

        // Local: only the node with the endpoint may announce.
        Assert.Equal(world.Nodes[1], announcer);
        using var http = new Lab.Probes.NamespaceHttp(world.Network.Client.Namespace);
        await world.UntilAsync("the client is answered by node-2", Scene.Patience, async () =>
        {
            var answer = await http.GetAsync(new(System.Net.IPAddress.Parse(address), 80), "shop.example.test", "/", Cancellation);
            return answer is { Status: 200, Node: "node-2" } ? null : answer.ToString();
        });
    }
}
