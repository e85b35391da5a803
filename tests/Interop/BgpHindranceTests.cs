// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>What keeps BGP from announcing is told where users look for it.</summary>
[Collection(WorldCollection.Name)]
public sealed class BgpHindranceTests(BgpWorld world)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task WhatHinders_IsInStatusEventsAndTables_AndWhatWasLeftBehindGoes()
    {
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { DualStack = true }, advertisement: """{"localPref": 200}""");
        LabHost node = world.Network.Nodes[0];
        string name = world.Cluster.NodeName(node);
        string locked = scene.NameOf("locked");
        await scene.PeerAsync();
        await scene.PeerAsync(change: static spec => (spec["peerAddress"], spec["passwordSecret"]) = ("192.0.2.250", new JsonObject { ["name"] = "absent" }), name: "locked");
        await world.UntilAsync("the missing Secret is named", Patience, async () =>
            await ErrorAsync(locked, name) is { } error && error.Contains("Secret absent", StringComparison.Ordinal) ? null : await ErrorAsync(locked, name) ?? "no element");

        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await AnnotateAsync("metallb.io/bgp-communities", "64512:7,nonsense");
        await UntilEventAsync("communityRefused", "nonsense is neither");
        Assert.Contains("64512:7 is not in allowedServiceCommunities", await EventsAsync(), StringComparison.Ordinal);
        int assigned = Times(await EventsAsync(), "nodeAssigned");

        await world.Cluster.Speaker(node).StopAsync(BgpWorld.Cancellation);
        await LeaveBehindAsync(name);
        await world.Cluster.StartSpeakerAsync(node);
        await world.UntilAsync("what was left behind is gone, and no more", Patience, async () =>
        {
            string statuses = await StatusesAsync();
            return statuses.Contains("bgp-left", StringComparison.Ordinal) || Times(statuses, "\"serviceName\":\"web\"") != 3 ? statuses : null;
        });
        await world.UntilAsync("the session is up again", Patience, async () => await ErrorAsync(locked, name) is not null ? null : "no element");
        Assert.Equal(assigned, Times(await EventsAsync(), "nodeAssigned"));

        await AnnotateAsync("metallb.io/allow-shared-ip", "together");
        await world.Cluster.Admin.PatchAsync(
            $"/apis/metallb.io/v1beta1/namespaces/{world.Cluster.Namespace}/bgpadvertisements/all",
            JsonNode.Parse("""{"spec": {"serviceSelectors": [{"matchExpressions": [{"key": "hidden", "operator": "DoesNotExist"}]}]}}""")!,
            BgpWorld.Cancellation);
        await world.UntilAsync("nobody says that it announces", Patience, async () =>
            await StatusesAsync() is var statuses && statuses.Contains("\"serviceName\":\"web\"", StringComparison.Ordinal) ? statuses : null);
        await UntilEventAsync("announceFailed", "may share its address");
        Assert.Matches($@"{ipv4[..^3]}\S*\s+\S+/web\s+any\s+no\s.*may share its address", await BgpStatusTests.TableAsync(node, "routes"));
    }

    private async Task<string?> ErrorAsync(string peer, string node)
    {
        (_, JsonNode? found) = await world.Cluster.Admin.SendAsync(HttpMethod.Get, $"/apis/metallb.io/v1beta2/namespaces/{world.Cluster.Namespace}/bgppeers/{peer}", null, BgpWorld.Cancellation);
        return (string?)found?["status"]?["sessions"]?.AsArray().FirstOrDefault(s => (string?)s!["node"] == node)?["lastError"];
    }

    private Task AnnotateAsync(string key, string value) => world.Cluster.Admin.PatchAsync(
        $"/api/v1/namespaces/{world.Cluster.Namespace}/services/web",
        new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [key] = value } } },
        BgpWorld.Cancellation);

    private Task LeaveBehindAsync(string node) => world.Cluster.Admin.CreateAsync(
        new JsonObject
        {
            ["apiVersion"] = "metallb.io/v1beta1",
            ["kind"] = "ServiceBGPStatus",
            ["metadata"] = new JsonObject
            {
                ["name"] = "bgp-left",
                ["namespace"] = world.Cluster.Namespace,
                ["labels"] = new JsonObject { ["metallb.io/node"] = node, ["metallb.io/service-name"] = "gone", ["metallb.io/service-namespace"] = "default" },
            },
        },
        BgpWorld.Cancellation);

    private async Task<string> StatusesAsync()
    {
        (_, JsonNode? list) = await world.Cluster.Admin.SendAsync(HttpMethod.Get, $"/apis/metallb.io/v1beta1/namespaces/{world.Cluster.Namespace}/servicebgpstatuses", null, BgpWorld.Cancellation);
        return list!.ToJsonString();
    }

    private async Task<string> EventsAsync()
    {
        (_, JsonNode? list) = await world.Cluster.Admin.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{world.Cluster.Namespace}/events", null, BgpWorld.Cancellation);
        return list!.ToJsonString();
    }

    private Task UntilEventAsync(string reason, string words) => world.UntilAsync($"an event {reason}", Patience, async () =>
        await EventsAsync() is var events && events.Contains($"\"reason\":\"{reason}\"", StringComparison.Ordinal) && events.Contains(words, StringComparison.Ordinal) ? null : events);

    private static int Times(string text, string part) => text.Split(part).Length - 1;
}
