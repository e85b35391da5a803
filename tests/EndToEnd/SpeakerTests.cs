// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Faults;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.EndToEnd;

/// <summary>What the speaker tells, and to whom, when something around it is not as it should be.</summary>
[Collection(WorldCollection.Name)]
public sealed class SpeakerTests(World world)
{
    private const string Filter = "lab_multicast";
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => World.Cancellation;

    [Fact]
    public async Task Speaker_ThatCannotReadOneKind_NamesItAndTheFault()
    {
        var server = world.NeedEmbedded();
        await using var scene = await Scene.OpenAsync(world);
        var node = world.Nodes[0];
        await EndAsync(node);
        server.Faults.Add(new Fault(FaultKind.Error) { Verb = "list", Resource = "endpointslices" });
        await world.Cluster.StartSpeakerAsync(node);

        await world.UntilAsync("the probe names the kind and the fault, and no other kind", Recovery, async () =>
        {
            var answer = await world.SpeakerAsync(node, "/readyz");
            return answer.Status == 503 && answer.Body.Contains("endpointslices not read yet: ", StringComparison.Ordinal)
                && answer.Body.Contains("500", StringComparison.Ordinal) && !answer.Body.Contains("services not", StringComparison.Ordinal) ? null : $"{answer.Status} {answer.Body}";
        });

        server.Faults.Clear();
        await world.UntilAsync("the speaker is ready", Recovery, async () =>
            await world.SpeakerAsync(node, "/readyz") is { Status: 200 } ? null : "it is not");
    }

    [Fact]
    public async Task Announcer_WhoseWatchLags_WritesItsStatusOnceAndCountsWhatFails()
    {
        var server = world.NeedEmbedded();
        await using var scene = await Scene.OpenAsync(world);
        var node = await scene.AnnouncerAsync(await scene.ServedAsync("before"));
        await scene.RecordedAsync("before", node);
        // Whoever writes again for want of an echo comes to the error.
        server.Faults.Add(new Fault(FaultKind.Error) { Verb = "watch", Resource = "servicel2statuses" });
        server.Faults.Add(new Fault(FaultKind.Delay) { Verb = "patch", Resource = "servicel2statuses/status", Count = 8, Delay = TimeSpan.Zero });
        server.Faults.Add(new Fault(FaultKind.Error) { Verb = "patch", Resource = "servicel2statuses/status", Code = 507 });
        server.DropWatches();

        var announcer = await scene.AnnouncerAsync(await scene.ServedAsync("blind"));
        await scene.RecordedAsync("blind", announcer);
        await world.AlwaysAsync("no write is refused", TimeSpan.FromSeconds(3), () => Task.FromResult(
            world.Nodes.SelectMany(n => world.Cluster.Daemons["speaker-" + n.Name].Output.Lines).FirstOrDefault(l => l.Contains("was answered 507", StringComparison.Ordinal))));

        server.Faults.Clear();
        server.Faults.Add(new Fault(FaultKind.Error) { Verb = "patch", Resource = "servicel2statuses/status", Code = 507 });
        announcer = await scene.AnnouncerAsync(await scene.ServedAsync("refused"));
        await world.UntilAsync("the failed write is counted", Scene.Patience, async () =>
            (await world.SpeakerAsync(announcer, "/metrics")).Body.Split('\n')
                .First(l => l.StartsWith("metallb_k8s_client_update_errors_total ", StringComparison.Ordinal)) is var line && line.EndsWith(" 0", StringComparison.Ordinal) ? line : null);
        server.Faults.Clear();
        await scene.RecordedAsync("refused", announcer);
    }

    [Fact]
    public async Task Segment_ThatFiltersMulticast_IsServedWithUnicastPeers()
    {
        await using var scene = await Scene.OpenAsync(world);
        var peers = string.Join(',', world.Nodes.Select(n => n.ServiceAddress));
        try
        {
            foreach (var node in world.Nodes)
                await EndAsync(node);
            await FilterAsync(
                $"table bridge {Filter} {{\n  chain passing {{\n    type filter hook forward priority -200; policy accept;\n    ip daddr 224.0.0.0/4 udp dport 7946 drop\n    ip6 daddr ff00::/8 udp dport 7946 drop\n  }}\n}}\n");
            foreach (var node in world.Nodes)
                await world.Cluster.StartSpeakerAsync(node, "--heartbeat-peers", peers);

            await world.UntilAsync("every speaker hears the others on eth0", Recovery, async () =>
            {
                foreach (var node in world.Nodes)
                {
                    var heard = await HeardAsync(node);
                    if (heard != world.Nodes.Count - 1)
                        return $"{node} hears {heard}";
                }

                return null;
            });
            var address = await scene.ServedAsync("web");
            await scene.RecordedAsync("web", await scene.AnnouncerAsync(address));
        }
        finally
        {
            foreach (var node in world.Nodes)
                await EndAsync(node);
            await FilterAsync($"table bridge {Filter}\ndelete table bridge {Filter}\n");
        }
    }

    [Fact]
    public async Task Address_AnsweredByAStranger_IsToldOnceOnTheService()
    {
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("web");
        var node = await scene.AnnouncerAsync(address);

        // The client uses the address as its own, as a host with a typing error would.
        var message = "";
        for (var claims = 0; claims < 3; claims++)
        {
            await Command.TryRunAsync(
                "ip", ["netns", "exec", world.Network.Client.Namespace.Name, "arping", "-c", "2", "-w", "2", "-i", "eth0", "-S", address, world.Network.Router.ServiceAddress.ToString()], null, Cancellation);
            message = await scene.EventAsync("web", "addressConflict");
        }

        world.Check(
            message.Contains(address, StringComparison.Ordinal) && message.Contains("eth0", StringComparison.Ordinal)
            && message.Contains(world.Network.Client.Mac(Segment.Service), StringComparison.OrdinalIgnoreCase),
            message);
        var events = (await scene.ListAsync($"/api/v1/namespaces/{scene.Namespace}/events")).Where(e => (string?)e["reason"] == "addressConflict").ToArray();
        world.Check(events is [var only] && (int?)only["count"] is null or 1, $"{events.Length} events: {string.Join("; ", events.Select(e => e.ToJsonString()))}");
        Assert.Equal("Warning", (string?)events[0]["type"]);
        var metrics = (await world.SpeakerAsync(node, "/metrics")).Body.Split('\n');
        world.Check(
            metrics.Any(l => l.StartsWith("loadbalancer_layer2_address_conflicts{", StringComparison.Ordinal) && l.Contains(address, StringComparison.Ordinal)),
            "no metric tells of the conflict");
        Assert.Equal(node, await scene.AnnouncerAsync(address));
    }

    [Fact]
    public async Task Heartbeats_OverBothFamilies_AreNotCountedAsReplays()
    {
        await using var scene = await Scene.OpenAsync(world);
        var node = world.Nodes[1];

        await world.UntilAsync("copies are counted", Scene.Patience, async () =>
            await MetricAsync(node, "loadbalancer_heartbeats_copies_total") > 50 ? null : "they are not");
        var before = await MetricAsync(node, "loadbalancer_heartbeats_dropped_total{reason=\"OldSequence\"}");
        var copies = await MetricAsync(node, "loadbalancer_heartbeats_copies_total");
        await world.UntilAsync("more copies come", Scene.Patience, async () =>
            await MetricAsync(node, "loadbalancer_heartbeats_copies_total") > copies + 50 ? null : "none do");
        Assert.Equal(before, await MetricAsync(node, "loadbalancer_heartbeats_dropped_total{reason=\"OldSequence\"}"));
    }

    [Fact]
    public async Task Announcer_CutOffSilently_GivesItsRecordUpToTheOneThatTookOver()
    {
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("web");
        var before = await scene.AnnouncerAsync(address);
        await scene.RecordedAsync("web", before);

        await world.Network.CutLinkAsync(before, Segment.Service, CutKind.Silent, Cancellation);

        var after = await scene.AnnouncerAsync(address);
        await scene.RecordedAsync("web", after, TimeSpan.FromSeconds(2));
        // Both announce, each on its side of the cut: neither may undo what the other writes.
        await world.AlwaysAsync($"no record names {before}", TimeSpan.FromSeconds(6), async () =>
            await scene.RecordsAsync("web") is var named && named.Contains(world.Cluster.NodeName(before)) ? $"it names [{string.Join(", ", named)}]" : null);

        await world.Network.HealAllAsync(Cancellation);
        await scene.RecordedAsync("web", await scene.AnnouncerAsync(address));
    }

    [Fact]
    public async Task Announcer_ThatDiedWithoutSuccessor_IsRecordedNoLonger()
    {
        await using var scene = await Scene.OpenAsync(world);
        var only = world.Nodes[2];
        await scene.ServedAsync("web", only);
        await scene.RecordedAsync("web", only);

        world.Cluster.Speaker(only).Kill();

        await world.UntilAsync("no ServiceL2Status is left", Recovery, async () =>
            (await scene.RecordsAsync("web")) is { Count: > 0 } records ? string.Join(", ", records) : null);
    }

    private async Task<int> HeardAsync(LabHost node)
    {
        var answer = await world.SpeakerAsync(node, "/status");
        var segments = answer.Status == 200 ? JsonNode.Parse(answer.Body)?["segments"]?.AsArray() : null;
        return segments?.Where(s => (string?)s?["interface"] == "eth0").Select(s => s!["members"]!.AsArray().Count).FirstOrDefault() ?? 0;
    }

    private async Task<double> MetricAsync(LabHost node, string name) => (await world.SpeakerAsync(node, "/metrics")).Body.Split('\n')
        .Where(l => l.StartsWith(name + " ", StringComparison.Ordinal))
        .Select(l => double.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault(-1);

    private Task FilterAsync(string rules) =>
        Command.RunAsync("ip", ["netns", "exec", world.Network.Switch.Name, "nft", "-f", "-"], rules, Cancellation);

    private async Task EndAsync(LabHost node)
    {
        var speaker = world.Cluster.Speaker(node);
        speaker.Kill();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        await speaker.WaitForExitAsync(limit.Token);
    }
}
