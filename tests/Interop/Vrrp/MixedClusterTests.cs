// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>Where vipd and keepalived disagree, and what else befalls a cluster of both.</summary>
[Collection(VrrpCollection.Name)]
public sealed class MixedClusterTests(VrrpWorld world)
{
    private static readonly VirtualRouter Web = new("web", 160);
    private static readonly VirtualRouter Mail = new("mail", 161);

    [Theory]
    [InlineData("version", "speaks another VRRP version")]
    [InlineData("interval", "has another advertInterval")]
    [InlineData("addresses", "advertises other addresses beside some of ours")]
    [InlineData("foreign", "advertises none of our addresses")]
    [InlineData("password", "has other authentication or another password")]
    [Trait("Scenario", "MIX-25")]
    [Trait("Scenario", "MIX-27")]
    [Trait("Scenario", "MIX-28")]
    [Trait("Scenario", "MIX-31")]
    public async Task Settings_Differ_OursSaysHow(string what, string words)
    {
        VirtualRouter second = Web with { Version = 2, Interval = 1000 };
        (VirtualRouter ours, VirtualRouter theirs) = what switch
        {
            "version" => (Web, second),
            "interval" => (second with { Interval = 2000 }, second),
            "addresses" => (Web with { More = ["192.0.2.171/24"] }, Web),
            "foreign" => (Web, Web with { Id = 172 }),
            _ => (second with { Password = "one" }, second with { Password = "two" }),
        };
        await using VrrpScene scene = world.Open();
        VipdNode node = await scene.VipdAsync(scene.First, ours.ToYaml(150, scene.First, scene.Second));
        string block = theirs.ToKeepalived(100, scene.Second, scene.First);
        await scene.KeepalivedAsync(scene.Second, what == "foreign" ? block.Replace("virtual_router_id 172", "virtual_router_id 160", StringComparison.Ordinal) : block);
        await VrrpScene.WaitForDisagreementAsync(node, ours, scene.Second, words);
    }

    [Fact]
    [Trait("Scenario", "MIX-16")]
    public async Task Checksum_OfTheOtherForm_IsToldAndLikeMasterAgrees()
    {
        await using VrrpScene scene = world.Open();
        VipdNode ours = await scene.VipdAsync(scene.First, Web.ToYaml(150, scene.First, scene.Second, "    checksum: messageOnly\n"));
        KeepalivedNode theirs = await scene.KeepalivedAsync(scene.Second, Web.ToKeepalived(100, scene.Second, scene.First));
        // keepalived drops what has no pseudo-header, so that it is master too.
        await VrrpScene.WaitForMasterAsync(theirs, Web);
        await VrrpScene.WaitForDisagreementAsync(ours, Web, scene.Second, "sums its checksum in the other form");
        await ours.ConfigureAsync(VrrpScene.YamlHead + Web.ToYaml(150, scene.First, scene.Second, "    checksum: likeMaster\n"), VrrpWorld.Cancellation);
        await scene.WaitForMastersAsync(_ => ours, Web);
        await scene.AssertAtRestAsync(_ => ours, Web);
    }

    [Fact]
    [Trait("Scenario", "MIX-23")]
    public async Task Priorities_AreEqual_TheHigherAddressWinsAfterASplit()
    {
        await using VrrpScene scene = world.Open();
        KeepalivedNode theirs = await scene.KeepalivedAsync(scene.First, Web.ToKeepalived(100, scene.First, scene.Second));
        await scene.WaitForMastersAsync(_ => theirs, Web);
        VipdNode ours = await scene.VipdAsync(scene.Second, Web.ToYaml(100, scene.Second, scene.First));
        await scene.WaitForMastersAsync(_ => theirs, Web);
        await scene.Network.CutLinkAsync(scene.Second, Segment.Service, CutKind.Silent, VrrpWorld.Cancellation);
        await VrrpScene.WaitForMasterAsync(ours, Web);
        await scene.Network.HealLinkAsync(scene.Second, Segment.Service, VrrpWorld.Cancellation);
        int healed = scene.Tape.Position;
        await scene.WaitForMastersAsync(_ => ours, Web);
        await scene.AssertAtRestAsync(_ => ours, Web);
        scene.AssertYielded(healed, scene.Second, scene.First, [Web]);
        Assert.Equal(1, (await VrrpScene.BecameMasterAsync(ours, [Web]))[Web]);
    }

    [Fact]
    [Trait("Scenario", "MIX-34")]
    public async Task SyncGroup_OfTheirsIsBesideOurs_BothRoutersMoveTogether()
    {
        await using VrrpScene scene = world.Open();
        string[] group = ["syncGroups:\n  pair:\n    members: [web, mail]\n"];
        VipdNode ours = await scene.VipdAsync(scene.First, [Web.ToYaml(150, scene.First, scene.Second), Mail.ToYaml(150, scene.First, scene.Second), .. group]);
        KeepalivedNode theirs = await scene.KeepalivedAsync(
            scene.Second, "vrrp_sync_group pair {\n  group {\n    web\n    mail\n  }\n}\n", Web.ToKeepalived(100, scene.Second, scene.First), Mail.ToKeepalived(100, scene.Second, scene.First));
        await scene.WaitForMastersAsync(_ => ours, Web, Mail);
        await ours.RunAsync(["failover", "web"], VrrpWorld.Cancellation);
        await scene.WaitForMastersAsync(_ => theirs, Web, Mail);
        await scene.AssertAtRestAsync(_ => theirs, Web, Mail);
    }

    [Fact]
    [Trait("Scenario", "MIX-43")]
    public async Task Priority_OfTheirsFallsByAReload_OursTakesOver()
    {
        await using VrrpScene scene = world.Open();
        VirtualRouter web = Web with { Interval = 1000 };
        KeepalivedNode theirs = scene.Keepalived(scene.First);
        await theirs.ConfigureAsync(VrrpScene.ReloadableHead + web.ToKeepalived(150, scene.First, scene.Second), VrrpWorld.Cancellation);
        await theirs.StartAsync(VrrpWorld.Cancellation);
        VipdNode ours = await scene.VipdAsync(scene.Second, web.ToYaml(100, scene.Second, scene.First));
        await scene.WaitForMastersAsync(_ => theirs, web);
        int from = scene.Tape.Position;
        await scene.AssertAtRestAsync(_ => theirs, web);
        await theirs.ConfigureAsync(VrrpScene.ReloadableHead + web.ToKeepalived(90, scene.First, scene.Second), VrrpWorld.Cancellation);
        theirs.Reload();
        await scene.WaitForMastersAsync(_ => ours, web);
        await scene.AssertAtRestAsync(_ => ours, web);
        scene.AssertVoices(from, [scene.First, scene.Second], [web]);
        Assert.DoesNotContain(theirs.Process!.Output.Lines, static l => l.Contains("died", StringComparison.Ordinal));
        Assert.Equal(1, (await VrrpScene.BecameMasterAsync(ours, [web]))[web]);
    }

    [Fact]
    [Trait("Scenario", "ARP-10")]
    public async Task Address_OfOursIsDeleted_ItIsBackAndTheirsStaysBackup()
    {
        await using VrrpScene scene = world.Open();
        VipdNode ours = await scene.VipdAsync(scene.First, Web.ToYaml(150, scene.First, scene.Second));
        await scene.KeepalivedAsync(scene.Second, Web.ToKeepalived(100, scene.Second, scene.First));
        await scene.WaitForMastersAsync(_ => ours, Web);
        int from = scene.Tape.Position;
        await LabNetwork.RunAsync(scene.First.Namespace, "ip", ["address", "del", Web.Addresses[0], "dev", "eth0"], null, VrrpWorld.Cancellation);
        await ours.Process!.WaitForLineAsync("\"EventId\":12011", TimeSpan.FromSeconds(30), VrrpWorld.Cancellation);
        await scene.AssertAtRestAsync(_ => ours, Web);
        Assert.DoesNotContain(scene.Tape.Adverts(Web.Id, false, from), static a => a.Priority == 0);
    }

    [Fact]
    [Trait("Scenario", "FI-12")]
    public async Task Ours_IsStopped_FencesItselfWhenItGoesOn()
    {
        await using VrrpScene scene = world.Open();
        VipdNode ours = await scene.VipdAsync(scene.First, Web.ToYaml(150, scene.First, scene.Second));
        KeepalivedNode theirs = await scene.KeepalivedAsync(scene.Second, Web.ToKeepalived(100, scene.Second, scene.First));
        await scene.WaitForMastersAsync(_ => ours, Web);
        int from = scene.Tape.Position;
        await scene.AssertAtRestAsync(_ => ours, Web);
        ours.Process!.Pause();
        await VrrpScene.WaitForMasterAsync(theirs, Web);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, VrrpWorld.Cancellation);
        ours.Process.Resume();
        await scene.WaitForMastersAsync(_ => ours, Web);
        // It listened first: it yields before it preempts, and does not just go on.
        Assert.Equal(1, (int)(await VrrpScene.RowAsync(ours, Web))!["counters"]!["fenced"]!);
        await scene.AssertAtRestAsync(_ => ours, Web);
        scene.AssertVoices(from, [scene.First, scene.Second, scene.First], [Web]);
    }
}
