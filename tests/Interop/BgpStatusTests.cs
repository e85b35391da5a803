// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Testing;

namespace LoadBalancer.Interop;

/// <summary>What users see of BGP: objects, events, metrics and tables, against FRR.</summary>
[Collection(WorldCollection.Name)]
public sealed class BgpStatusTests(BgpWorld world)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task OneRouter_ComesUpAndGoesDown_IsSeenInObjectsMetricsAndTables()
    {
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { DualStack = true });
        await scene.PeerAsync();
        string router = scene.NameOf();
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.UntilRoutedAsync(3, ipv4, ipv6);

        await UntilSessionsAsync(router, "are up with their prefixes", session =>
            (string?)session["state"] == "Established" && (int?)session["prefixesSent"] == 2 && (int?)session["peerASN"] == scene.Options.RouterAsn
            && session["families"]?.AsArray().Count == 2 && session["capabilities"] is JsonArray { Count: > 0 } && (string?)session["routerID"] == "192.0.2.1"
            && session["since"] is not null);
        await UntilAnnouncedAsync(router, "web", 3);
        string events = await EventsAsync();
        Assert.Contains("with protocol \\u0022bgp\\u0022", events, StringComparison.Ordinal);

        LabHost node = world.Network.Nodes[0];
        string metrics = await MetricsAsync(node);
        string peer = $"peer=\"{world.Network.Router.ServiceAddress}:179\"";
        Assert.Contains($"metallb_bgp_session_up{{{peer},vrf=\"default\"}} 1", metrics, StringComparison.Ordinal);
        Assert.Contains($"metallb_bgp_announced_prefixes_total{{{peer},vrf=\"default\"}} 2", metrics, StringComparison.Ordinal);
        Assert.Contains($"metallb_bgp_pending_prefixes_total{{{peer},vrf=\"default\"}} 0", metrics, StringComparison.Ordinal);
        Assert.Contains($"loadbalancer_bgp_session_transitions_total{{{peer},vrf=\"default\",to=\"up\"}} ", metrics, StringComparison.Ordinal);
        Assert.Contains(metrics.Split('\n'), l => l.StartsWith("metallb_speaker_announced{", StringComparison.Ordinal) && l.Contains("protocol=\"bgp\"", StringComparison.Ordinal) && l.Contains(ipv6[..^4], StringComparison.Ordinal));

        string peers = await TableAsync(node, "peers");
        Assert.Matches($@"{router}\s+{world.Network.Router.ServiceAddress}\s+{scene.Options.RouterAsn}\s+Established", peers);
        string routes = await TableAsync(node, "routes", "--peer", router);
        Assert.Matches($@"{ipv4}\s+\S+/web\s+{router}\s+yes", routes);
        Assert.Matches($@"{ipv6}\s+\S+/web\s+{router}\s+yes", routes);
        (int status, _, string error) = await Command.TryRunAsync("ip", InNode(node, "routes", "--peer", "nobody"), null, BgpWorld.Cancellation);
        Assert.Equal(1, status);
        Assert.Contains($"has no peer nobody; give --peer one of {router}", error, StringComparison.Ordinal);

        await ((Frr)scene.Router).VtyshAsync("configure terminal", $"router bgp {scene.Options.RouterAsn}", $"neighbor {node.ServiceAddress} shutdown message going home");
        await UntilSessionsAsync(router, "tell why the first is down", session => (string?)session["node"] != world.Cluster.NodeName(node)
            || ((string?)session["state"] != "Established" && ((string?)session["lastError"])?.Contains("going home", StringComparison.Ordinal) == true && session["prefixesSent"] is null));
        Assert.Contains($"metallb_bgp_session_up{{{peer},vrf=\"default\"}} 0", await MetricsAsync(node), StringComparison.Ordinal);
        Assert.Contains($"metallb_bgp_pending_prefixes_total{{{peer},vrf=\"default\"}} 2", await MetricsAsync(node), StringComparison.Ordinal);
        Assert.Matches($@"{router}\s+no\s+.*no session", await TableAsync(node, "routes"));
        Assert.Contains("going home", await TableAsync(node, "peers"), StringComparison.Ordinal);

        TestContext.Current.SendDiagnosticMessage(await TableAsync(node, "peers") + await TableAsync(world.Network.Nodes[1], "peers") + await TableAsync(node, "routes") + await TableAsync(world.Network.Nodes[1], "routes"));
        await scene.WithdrawAsync("web");
        await UntilAnnouncedAsync(router, "web", 0);
        await world.Cluster.Admin.PatchAsync(PeerPath(router), JsonNode.Parse("""{"spec": {"nodeSelectors": [{"matchLabels": {"no": "node"}}]}}""")!, BgpWorld.Cancellation);
        await world.UntilAsync("no node has an element left", Patience, async () => await SessionsAsync(router) is { Count: > 0 } left ? left.ToJsonString() : null);
        await world.UntilAsync("the table says why there is no peer", Patience, async () =>
            await TableAsync(node, "peers") is var table && table.Contains("nodeSelectors", StringComparison.Ordinal) ? null : table);
    }

    private string PeerPath(string peer) => $"/apis/metallb.io/v1beta2/namespaces/{world.Cluster.Namespace}/bgppeers/{peer}";

    private async Task<JsonArray> SessionsAsync(string router)
    {
        (_, JsonNode? peer) = await world.Cluster.Admin.SendAsync(HttpMethod.Get, PeerPath(router), null, BgpWorld.Cancellation);
        return peer?["status"]?["sessions"]?.AsArray() ?? [];
    }

    private Task UntilSessionsAsync(string router, string what, Func<JsonNode, bool> asWanted) => world.UntilAsync($"the sessions {what}", Patience, async () =>
    {
        JsonArray sessions = await SessionsAsync(router);
        return sessions.Count == 3 && sessions.All(s => asWanted(s!)) ? null : sessions.ToJsonString();
    });

    private Task UntilAnnouncedAsync(string router, string service, int nodes) => world.UntilAsync($"{nodes} nodes say that they announce {service}", Patience, async () =>
    {
        (_, JsonNode? list) = await world.Cluster.Admin.SendAsync(HttpMethod.Get, $"/apis/metallb.io/v1beta1/namespaces/{world.Cluster.Namespace}/servicebgpstatuses", null, BgpWorld.Cancellation);
        JsonNode[] found = [.. list!["items"]!.AsArray().Where(i => (string?)i!["status"]?["serviceName"] == service && i["status"]!["peers"]!.AsArray().Select(p => (string)p!).SequenceEqual([router])).Select(i => i!)];
        return found.Select(f => (string)f["status"]!["node"]!).Distinct().Count() == nodes && list["items"]!.AsArray().Count == nodes ? null : list.ToJsonString();
    });

    private async Task<string> EventsAsync()
    {
        string all = "";
        await world.UntilAsync("the Service is told", Patience, async () =>
        {
            (_, JsonNode? list) = await world.Cluster.Admin.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{world.Cluster.Namespace}/events", null, BgpWorld.Cancellation);
            all = list!.ToJsonString();
            return all.Contains("nodeAssigned", StringComparison.Ordinal) ? null : all;
        });
        return all;
    }

    internal static Task<string> MetricsAsync(LabHost node) => LabNetwork.RunAsync(node.Namespace, "curl", ["-s", "http://127.0.0.1:7472/metrics"]);

    internal static Task<string> TableAsync(LabHost node, params IReadOnlyList<string> arguments) => LabNetwork.RunAsync(node.Namespace, Checkout.Program("speaker"), ["bgp", .. arguments, "--port", "7472"]);

    private static string[] InNode(LabHost node, params IReadOnlyList<string> arguments) => ["netns", "exec", node.Namespace.Name, Checkout.Program("speaker"), "bgp", .. arguments, "--port", "7472"];
}
