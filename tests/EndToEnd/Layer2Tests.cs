// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class Layer2Tests(World world)
{
    /// <summary>Gaps are measured and printed, not judged; only one that no protocol time explains is a failure.</summary>
    private static readonly TimeSpan Sane = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => World.Cancellation;

    [Theory]
    [InlineData("IPv4")]
    [InlineData("IPv6")]
    public async Task Address_Announced_IsAnsweredByOneNodeWithItsOwnMacAndRecorded(string family)
    {
        await using var scene = await Scene.OpenAsync(world);
        await scene.NeedFamilyAsync(family);
        await scene.ServiceAsync("web", (_, spec) => spec["ipFamilies"] = new System.Text.Json.Nodes.JsonArray(family));
        await scene.EndpointsAsync("web", world.Nodes);
        var address = Assert.Single(await scene.AddressesAsync("web"));

        var announcer = await scene.AnnouncerAsync(address);

        await scene.RecordedAsync("web", announcer);
        await world.AlwaysAsync("one node answers, the same", TimeSpan.FromSeconds(1), async () =>
        {
            var answers = await world.Eye.AskAsync(address, Cancellation);
            return answers.SequenceEqual([announcer.Mac(Segment.Service)]) ? null : string.Join(", ", answers);
        });
        await SeenByOthersAsync(family, address, announcer);
    }

    /// <summary>A tool and a kernel that share no code with ours see the same answer.</summary>
    private async Task SeenByOthersAsync(string family, string address, LabHost announcer)
    {
        var client = world.Network.Client.Namespace;
        if (family == "IPv4")
        {
            var arping = await Command.TryRunAsync("ip", ["netns", "exec", client.Name, "arping", "-c", "1", "-w", "1", "-i", "eth0", address], null, Cancellation);
            Assert.Contains($"from {announcer.Mac(Segment.Service)}", arping.Output, StringComparison.OrdinalIgnoreCase);
            return;
        }

        // The kernel's own solicitation; whether the echo request is answered is no matter.
        await Command.TryRunAsync("ip", ["netns", "exec", client.Name, "ping", "-6", "-c", "1", "-W", "1", address], null, Cancellation);
        var neighbor = await LabNetwork.RunAsync(client, "ip", ["-6", "neigh", "show", address, "dev", "eth0"], null, Cancellation);
        world.Check(neighbor.Contains(announcer.Mac(Segment.Service), StringComparison.OrdinalIgnoreCase), $"the client's neighbour table has {neighbor}");
    }

    [Fact]
    public async Task Address_OfDeletedService_IsAnsweredByNobodyAndRecordedNowhere()
    {
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("web");
        await scene.RecordedAsync("web", await scene.AnnouncerAsync(address));

        await scene.DeleteAsync(scene.ServicePath("web"));

        await world.UntilAsync($"nobody answers for {address}", Scene.Patience, async () =>
            (await world.Eye.AskAsync(address, Cancellation)) is { Count: > 0 } answers ? string.Join(", ", answers) : null);
        await world.UntilAsync("no ServiceL2Status is left", Scene.Patience, async () =>
            (await scene.RecordsAsync("web")) is { Count: > 0 } records ? string.Join(", ", records) : null);
    }

    [Fact]
    public async Task Speaker_Killed_IsReplacedByOneOther()
    {
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("web");
        var before = await scene.AnnouncerAsync(address);
        await using var probe = await ProbeAsync(address);

        world.Cluster.Speaker(before).Kill();

        await scene.RecordedAsync("web", await FailedOverAsync(scene, probe, address, before, "kill -9 of the announcing speaker"));

        // The one that comes back finds the address taken, and leaves it there.
        var holder = await scene.AnnouncerAsync(address);
        await world.RestoreAsync();
        await StaysAsync(address, holder, TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(CutKind.Carrier)]
    [InlineData(CutKind.Silent)]
    public async Task Link_OfAnnouncerCutAndHealed_MovesOnceAndStays(CutKind kind)
    {
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("web");
        var before = await scene.AnnouncerAsync(address);
        await using var probe = await ProbeAsync(address);

        await world.Network.CutLinkAsync(before, Segment.Service, kind, Cancellation);

        var after = await FailedOverAsync(scene, probe, address, before, $"link cut ({kind})");

        await world.Network.HealLinkAsync(before, Segment.Service, Cancellation);
        // Behind a silent cut the old one still claims: a second for both sides to hear each other.
        Assert.Equal(after, await scene.AnnouncerAsync(address, Sane));
        await StaysAsync(address, after, TimeSpan.FromSeconds(2));
        await scene.RecordedAsync("web", after);
    }

    [Fact]
    public async Task Link_ToManagementCut_ChangesNothingOnTheWire()
    {
        await using var scene = await Scene.OpenAsync(world);
        // The echo behind the announcer is reached over the management address of that very node, which needs no link.
        var address = await scene.ServedAsync("web");
        var announcer = await scene.AnnouncerAsync(address);
        await scene.RecordedAsync("web", announcer);
        await world.Network.CutLinkAsync(announcer, Segment.Management, CutKind.Silent, Cancellation);

        await StaysAsync(address, announcer, TimeSpan.FromSeconds(4));

        await world.Network.HealAllAsync(Cancellation);
        await StaysAsync(address, announcer, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task ApiServer_Down_NothingMovesNothingStopsAndFailoverWorks()
    {
        await using var scene = await Scene.OpenAsync(world);
        var first = await scene.ServedAsync("first");
        var second = await scene.ServedAsync("second");
        var (holder, other) = (await scene.AnnouncerAsync(first), await scene.AnnouncerAsync(second));
        await scene.RecordedAsync("first", holder);
        await scene.RecordedAsync("second", other);
        await using (var probe = await ProbeAsync(first))
        {
            world.Cluster.Relay.Refuse(true);
            await StaysAsync(first, holder, Outage / 2);
            await StaysAsync(second, other, Outage / 2);
            foreach (var node in world.Nodes)
                Assert.Contains("services", World.LostContact(await world.SpeakerAsync(node, "/status")), StringComparison.Ordinal);
            for (var number = 1; number <= World.Controllers; number++)
            {
                // The leader is none any more, and nobody can see who is.
                Assert.StartsWith("leases: ", World.LostContact(await world.ControllerAsync(number, "/status")), StringComparison.Ordinal);
                Assert.Contains("\nloadbalancer_api_contact_lost 1\n", (await world.ControllerAsync(number, "/metrics")).Body, StringComparison.Ordinal);
            }

            var report = probe.Report();
            World.Say($"API server down for {Outage.TotalSeconds} s: {report}");
            Assert.Single(report.Answerers);
        }

        world.Check(world.Cluster.Daemons.Values.All(d => d.IsRunning), "a daemon ended while the API server was away");
        await using (var probe = await ProbeAsync(first))
        {
            world.Cluster.Speaker(holder).Kill();
            await probe.WaitForOtherAsync(holder.Name, Sane, Cancellation);
            World.Say($"kill -9 while the API server is down: {probe.Report()}");
        }

        var after = await scene.AnnouncerAsync(first);
        Assert.NotEqual(holder, after);

        world.Cluster.Relay.Refuse(false);
        await scene.RecordedAsync("first", after, TimeSpan.FromSeconds(30));
        await scene.ServiceAsync("third");
        await world.UntilAsync("a new Service gets its address", TimeSpan.FromSeconds(30), async () =>
            Scene.Ingress(await scene.GetAsync(scene.ServicePath("third"))).Count == 1 ? null : "it has none");
        Assert.Equal(first, Assert.Single(await scene.AddressesAsync("first")));
        Assert.Equal(second, Assert.Single(await scene.AddressesAsync("second")));
        await StaysAsync(first, after, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Segment_PartitionedAndHealed_OneAnswersAndItAloneGoesOn()
    {
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("web");
        var holder = await scene.AnnouncerAsync(address);
        var others = world.Nodes.Where(n => n != holder).ToArray();

        // The client hears both sides, as a host on a core switch would.
        await world.Network.PartitionAsync(Segment.Service, [holder], others, Cancellation);
        await world.UntilAsync("both sides answer", TimeSpan.FromSeconds(5), async () =>
            (await world.Eye.AskAsync(address, Cancellation)) is { Count: 2 } ? null : "one side does");
        await world.Network.HealAllAsync(Cancellation);

        var survivor = await scene.AnnouncerAsync(address, Sane);
        await StaysAsync(address, survivor, TimeSpan.FromSeconds(2));
        await scene.RecordedAsync("web", survivor);
    }

    [Fact]
    public async Task Speaker_Terminated_LosesNoRequest()
    {
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("web");
        var before = await scene.AnnouncerAsync(address);
        await using var probe = await ProbeAsync(address);
        await using var load = HttpLoad.Start(world.Network.Client.Namespace, new IPEndPoint(IPAddress.Parse(address), 80), "shop.example.test", 2);
        await world.UntilAsync("the load is answered", Scene.Patience, () => Task.FromResult(load.Report().Requests > 50 ? null : load.Report().ToString()));

        var status = await Stop(before);

        await probe.WaitForOtherAsync(before.Name, Sane, Cancellation);
        var at = load.Report().Requests;
        await world.UntilAsync("the load goes on", Scene.Patience, () => Task.FromResult(load.Report().Requests > at + 100 ? null : load.Report().ToString()));
        var report = await load.StopAsync();
        World.Say($"drain: {report}; {await probe.StopAsync(Cancellation)}");
        world.Check(report.Failed == 0, $"{report}: {string.Join("; ", report.Failures)}");
        world.Check(status == 0, $"the drained speaker ended with {status}");
        Assert.NotEqual(before, await scene.AnnouncerAsync(address));

        async Task<int> Stop(LabHost node)
        {
            world.Cluster.Speaker(node).Terminate();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            return await world.Cluster.Speaker(node).WaitForExitAsync(limit.Token);
        }
    }

    private async Task<GapProbe> ProbeAsync(string address)
    {
        var probe = GapProbe.Start(world.Network.Client.Namespace, new IPEndPoint(IPAddress.Parse(address), World.EchoPort));
        try
        {
            await probe.WaitForAnswersAsync(100, Scene.Patience, Cancellation);
            // Until the proxies had their rules the silence was theirs.
            probe.Restart();
            return probe;
        }
        catch
        {
            await probe.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another node answers the client and the segment, it alone.</summary>
    private async Task<LabHost> FailedOverAsync(Scene scene, GapProbe probe, string address, LabHost before, string what)
    {
        await probe.WaitForOtherAsync(before.Name, Sane + Sane, Cancellation);
        var after = await scene.AnnouncerAsync(address);
        var report = await probe.StopAsync(Cancellation);
        World.Say($"{what}: {report}");
        Assert.NotEqual(before, after);
        world.Check(report.LongestSilence < Sane, $"{what}: {report}");
        Assert.Equal([before.Name, after.Name], report.Answerers.Select(a => a.Node));
        return after;
    }

    private Task StaysAsync(string address, LabHost node, TimeSpan time) => world.AlwaysAsync(
        $"{node} alone answers for {address}", time, async () =>
        {
            var answers = await world.Eye.AskAsync(address, Cancellation);
            return answers.Count == 1 && answers[0] == node.Mac(Segment.Service) ? null : $"answers from [{string.Join(", ", answers)}]";
        });
}
