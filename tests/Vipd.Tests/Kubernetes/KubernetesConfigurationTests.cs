// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

public sealed class KubernetesConfigurationTests
{
    private static readonly KubernetesOptions VirtualIps = new() { FollowsVirtualIPs = true };
    private static readonly KubernetesOptions Services = new() { ServicesConfigMap = new ObjectKey("metallb-system", "vip-configmap") };

    [Fact]
    public async Task VirtualIp_WithoutANumber_GetsOneThatBothNodesUse()
    {
        await using ClusterHost host = await ClusterHost.StartAsync();
        host.VirtualIp("web", """{"addresses":["192.0.2.100/24"]}""");
        host.VirtualIp("api", """{"addresses":["192.0.2.101/24"]}""");
        KubernetesConfiguration a = host.Node(VirtualIps, "node-a"), b = host.Node(VirtualIps, "node-b");
        VipConfiguration here = await ClusterHost.NextAsync(a, static c => c.Instances.Count == 2);
        VipConfiguration there = await ClusterHost.NextAsync(b, static c => c.Instances.Count == 2);
        Assert.Equal(here.Instances.Select(static i => (i.Name, i.RouterId)), there.Instances.Select(static i => (i.Name, i.RouterId)));
        Assert.Equal(2, here.Instances.Select(static i => i.RouterId).Distinct().Count());
        Assert.Equal(here.Instances.Single(static i => i.Name == "web").RouterId, (int)host.StatusOf("web")!["virtualRouterID"]!);
        Assert.All(here.Instances.Zip(there.Instances), static pair => Assert.Equal([199, 200], new[] { pair.First.Priority, pair.Second.Priority }.Order()));
        // One more changes nothing of the others.
        host.VirtualIp("aaa", """{"addresses":["192.0.2.102/24"]}""");
        VipConfiguration more = await ClusterHost.NextAsync(a, static c => c.Instances.Count == 3);
        Assert.All(here.Instances, instance => Assert.Contains(instance, more.Instances));
    }

    [Fact]
    public async Task VirtualAddress_ThatComesToAnInterface_MakesNothingAnew()
    {
        await using ClusterHost host = await ClusterHost.StartAsync();
        host.VirtualIp("web", """{"addresses":["192.0.2.100/24"],"virtualRouterID":51}""");
        string more = "";
        int looks = 0;
        KubernetesConfiguration node = host.Node(VirtualIps, "node-a", links: () =>
        {
            _ = Interlocked.Increment(ref looks);
            return [ClusterSample.Link("eth0", [.. ((string[])["192.0.2.1/24", Volatile.Read(ref more)]).Where(static a => a.Length > 0)])];
        });
        await ClusterHost.NextAsync(node, static c => c.Instances.Count == 1);
        await LookedAsync(2);
        int before = node.Compilations;
        Volatile.Write(ref more, "192.0.2.100/24");
        await LookedAsync(2);
        Assert.Equal(before, node.Compilations);
        // One that is nobody's virtual address is the node's own.
        Volatile.Write(ref more, "198.51.100.1/24");
        await ClusterHost.UntilAsync(() => node.Compilations > before, () => "nothing was made anew");

        Task LookedAsync(int times)
        {
            int until = Volatile.Read(ref looks) + times;
            return ClusterHost.UntilAsync(() => Volatile.Read(ref looks) >= until, () => "nobody looks at the interfaces");
        }
    }

    [Fact]
    public async Task Status_SaysTheMasterAndEachNode()
    {
        await using ClusterHost host = await ClusterHost.StartAsync();
        host.VirtualIp("web", """{"addresses":["192.0.2.100/24"],"virtualRouterID":51}""");
        KubernetesConfiguration a = host.Node(VirtualIps, "node-a"), b = host.Node(VirtualIps, "node-b");
        await ClusterHost.NextAsync(a, static c => c.Instances.Count == 1);
        await ClusterHost.NextAsync(b, static c => c.Instances.Count == 1);
        DateTimeOffset since = DateTimeOffset.UnixEpoch.AddYears(50);
        VirtualIpReport master = new("web", "Master", 200, "eth0", since, 3, "no other master was heard");
        VirtualIpReport backup = new("web", "Backup", 199, "eth0", since, 1, "a master is there");
        a.Report([master]);
        b.Report([backup]);
        await UntilAsync(host, static s => Node(s, "node-a", "state") == "Master" && Node(s, "node-b", "state") == "Backup" && (string?)s?["master"] == "node-a");
        JsonNode status = host.StatusOf("web")!;
        Assert.Equal(("2020-01-01T00:00:00Z", 3), ((string?)status["since"], (int)status["transitions"]!));
        Assert.Equal(("True", "Accepted"), ((string?)status["conditions"]![0]!["status"], (string?)status["conditions"]![0]!["reason"]));
        Assert.Equal("a master is there", Node(status, "node-b", "reason"));
        // Another takes over: the one that was master takes nothing of what the new one says away.
        b.Report([backup with { State = "Master", Since = since.AddSeconds(9), Transitions = 2 }]);
        a.Report([master with { State = "Fault", Reason = "eth0 is down" }]);
        await UntilAsync(host, static s => Node(s, "node-a", "state") == "Fault" && Node(s, "node-b", "state") == "Master" && (string?)s?["master"] == "node-b");
        Assert.Equal("2020-01-01T00:00:09Z", (string?)host.StatusOf("web")!["since"]);
    }

    [Fact]
    public async Task VirtualIp_ThatIsRefused_SaysWhyInItsCondition()
    {
        await using ClusterHost host = await ClusterHost.StartAsync();
        host.VirtualIp("web", """{"addresses":["192.0.2.100/24"],"nodeSelector":{"matchLabels":{"zone":"nine"}}}""");
        host.VirtualIp("far", """{"addresses":["203.0.113.9/24"],"virtualRouterID":60}""");
        _ = host.Node(VirtualIps, "node-a");
        _ = host.Node(VirtualIps, "node-b");
        await UntilAsync(host, static s => (string?)s?["conditions"]?[0]?["reason"] == "NoNode");
        Assert.Equal("False", (string?)host.StatusOf("web")!["conditions"]![0]!["status"]);
        await ClusterHost.UntilAsync(() => Node(host.StatusOf("far"), "node-a", "state") == "Fault" && Node(host.StatusOf("far"), "node-b", "state") == "Fault", () => host.StatusOf("far")?.ToJsonString());
        Assert.Contains("no interface of node node-b is in the network of 203.0.113.9", Node(host.StatusOf("far"), "node-b", "reason"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Scenario", "K8-05")]
    [Trait("Scenario", "K8-06")]
    public async Task ConfigMap_AddedChangedAndDeleted_IsFollowedAndItsLossTakesNothingAway()
    {
        await using ClusterHost host = await ClusterHost.StartAsync();
        host.Apply("v1", "Service", "web", "default", """{"ports":[{"name":"http","port":80}]}""");
        KubernetesConfiguration node = host.Node(Services, "node-b");
        Assert.Empty((await ClusterHost.NextAsync(node, static _ => true)).Instances);
        host.Apply("v1", "ConfigMap", "vip-configmap", "metallb-system", """{"data":{"192.0.2.100":"default/web","192.0.2.101":""}}""");
        VipConfiguration made = await ClusterHost.NextAsync(node, static c => c.Instances.Count == 1);
        Assert.Equal((50, 101, 2), (made.Instances[0].RouterId, made.Instances[0].Priority, made.Instances[0].Addresses.Count));
        host.Server.DropWatches();
        host.Apply("v1", "ConfigMap", "vip-configmap", "metallb-system", """{"data":{"192.0.2.102":""}}""");
        made = await ClusterHost.NextAsync(node, static c => c.Instances is [{ Addresses.Count: 3 }]);
        await host.DeleteAsync("/api/v1/namespaces/metallb-system/configmaps/vip-configmap");
        // Something that is seen after the deletion, and still has the addresses.
        host.Apply("v1", "Node", "node-0", null, "{}", """{"addresses":[{"type":"InternalIP","address":"192.0.2.0"}]}""");
        made = await ClusterHost.NextAsync(node, static c => c.Instances is [{ Priority: 102 }]);
        Assert.Equal(3, made.Instances[0].Addresses.Count);
        host.Apply("v1", "ConfigMap", "vip-configmap", "metallb-system", """{"data":{}}""");
        await ClusterHost.NextAsync(node, static c => c.Instances.Count == 0);
    }

    [Fact]
    public async Task Events_SayWhoBecameMasterAndWhatIsRefused()
    {
        await using ClusterHost host = await ClusterHost.StartAsync();
        host.VirtualIp("web", """{"addresses":["192.0.2.100/24"],"virtualRouterID":51}""");
        host.VirtualIp("bad", """{"addresses":["192.0.2.101/24"],"nodeSelector":{"matchLabels":{"zone":"nine"}}}""");
        KubernetesConfiguration a = host.Node(VirtualIps, "node-a"), b = host.Node(VirtualIps, "node-b");
        await ClusterHost.NextAsync(a, static c => c.Instances.Count == 1);
        await ClusterHost.NextAsync(b, static c => c.Instances.Count == 1);
        a.Report([new("web", "Master", 200, "eth0", DateTimeOffset.UnixEpoch, 1, "no master was heard")]);
        await EventAsync(host, "web", ("BecameMaster", "Normal", "node \"node-a\" is master and holds 192.0.2.100/24: no master was heard"));
        a.Report([new("web", "Fault", 200, "eth0", DateTimeOffset.UnixEpoch, 1, "eth0 is down")]);
        await EventAsync(host, "web", ("LostMaster", "Warning", "node \"node-a\" is master no more: eth0 is down"));
        await host.UntilEventsAsync("bad", static events => events is [{ Reason: "NoNode", Type: "Warning" }]);
    }

    [Fact]
    public async Task Node_ThatIsDeleted_LeavesTheStatusAndOthersStay()
    {
        await using ClusterHost host = await ClusterHost.StartAsync();
        host.VirtualIp("web", """{"addresses":["192.0.2.100/24"],"virtualRouterID":51}""");
        KubernetesConfiguration a = host.Node(VirtualIps, "node-a"), b = host.Node(VirtualIps, "node-b");
        await ClusterHost.NextAsync(a, static c => c.Instances.Count == 1);
        await ClusterHost.NextAsync(b, static c => c.Instances.Count == 1);
        VirtualIpReport master = new("web", "Master", 200, "eth0", DateTimeOffset.UnixEpoch.AddYears(50), 3, ""), backup = master with { State = "Backup", Transitions = 0 };
        b.Report([master]);
        a.Report([backup]);
        await UntilAsync(host, static s => (string?)s?["master"] == "node-b" && Node(s, "node-a", "state") == "Backup");
        // It is cut off with its daemon, which says nothing more.
        await host.EndAsync(b);
        a.Report([backup with { Priority = 199 }]);
        await UntilAsync(host, static s => (int?)s?["nodes"]?.AsArray().FirstOrDefault(static n => (string?)n!["node"] == "node-a")?["priority"] == 199);
        Assert.Equal("Master", Node(host.StatusOf("web"), "node-b", "state"));

        await host.DeleteAsync("/api/v1/nodes/node-b");
        await UntilAsync(host, static s => Node(s, "node-b", "state") is null);
        Assert.Null((string?)host.StatusOf("web")!["master"]);
        Assert.Equal("Backup", Node(host.StatusOf("web"), "node-a", "state"));
    }

    [Fact]
    [Trait("Scenario", "K8-11")]
    public async Task Server_IsAway_WhatWasKnownGoesOn()
    {
        await using ClusterHost host = await ClusterHost.StartAsync();
        host.VirtualIp("web", """{"addresses":["192.0.2.100/24"],"virtualRouterID":51}""");
        KubernetesConfiguration node = host.Node(VirtualIps, "node-a");
        await ClusterHost.NextAsync(node, static c => c.Instances.Count == 1);
        await host.StopAsync();
        // Who reports goes on as well, and nothing is made of its being in vain.
        for (int i = 0; i < 50; i++)
            node.Report([new("web", i % 2 == 0 ? "Master" : "Backup", 200, "eth0", DateTimeOffset.UnixEpoch, i, "")]);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(node.Changes.TryRead(out _));
        Assert.False(node.Completion.IsCompleted);
    }

    private static Task EventAsync(ClusterHost host, string about, (string, string, string) wanted) =>
        host.UntilEventsAsync(about, events => events.Contains(wanted));

    private static string? Node(JsonNode? status, string name, string field) =>
        (string?)status?["nodes"]?.AsArray().FirstOrDefault(node => (string?)node!["node"] == name)?[field];

    private static Task UntilAsync(ClusterHost host, Predicate<JsonNode?> wanted) => ClusterHost.UntilAsync(() => wanted(host.StatusOf("web")), () => host.StatusOf("web")?.ToJsonString());
}
