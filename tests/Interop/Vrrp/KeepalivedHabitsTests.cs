// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>What keepalived may be set to, and what is done to it, that a vipd beside it has to live with.</summary>
[Collection(VrrpCollection.Name)]
public sealed class KeepalivedHabitsTests(VrrpWorld world)
{
    private const int Preferred = 150;
    private const int Lesser = 100;

    private static readonly VirtualRouter Web = new("web", 190);
    private static readonly VirtualRouter Mail = new("mail", 191);

    [Fact]
    [Trait("Scenario", "MIX-24")]
    public async Task Theirs_IsStrict_TakesOursForAMasterAndIsReplaced()
    {
        await using VrrpScene scene = world.Open();
        KeepalivedNode theirs = scene.Keepalived(scene.Second);
        await theirs.ConfigureAsync(
            VrrpScene.KeepalivedHead.Replace("global_defs {", "global_defs {\n  vrrp_strict", StringComparison.Ordinal) + Web.ToKeepalived(Lesser, scene.Second, scene.First), VrrpWorld.Cancellation);
        await theirs.StartAsync(VrrpWorld.Cancellation);
        await VrrpScene.WaitForMasterAsync(theirs, Web);
        int from = scene.Tape.Position;
        VipdNode ours = await scene.VipdAsync(scene.First, Web.ToYaml(Preferred, scene.First, scene.Second));
        await scene.WaitForMastersAsync(_ => ours, Web);
        await scene.AssertAtRestAsync(_ => ours, Web);
        scene.AssertVoices(from, [scene.Second, scene.First], [Web]);
        await StopAsync(ours);
        await VrrpScene.WaitForMasterAsync(theirs, Web);
    }

    /// <summary>Nothing of the client's own can tell it: it is silent, and follows what is announced.</summary>
    [Fact]
    [Trait("Scenario", "MIX-37")]
    [Trait("Scenario", "ARP-05")]
    public async Task Theirs_HasAVirtualMac_AClientFollowsToOursAndBack()
    {
        VirtualRouter virtualMac = Web with { HasVirtualMac = true };
        await using VrrpScene scene = world.Open();
        VipdNode ours = await scene.VipdAsync(scene.First, Web.ToYaml(Lesser, scene.First, scene.Second));
        KeepalivedNode theirs = await scene.KeepalivedAsync(scene.Second, virtualMac.ToKeepalived(Preferred, scene.Second, scene.First));
        await scene.WaitForMastersAsync(_ => theirs, Web);
        await scene.AssertAtRestAsync(_ => theirs, virtualMac);
        await WaitForNeighbourAsync(scene, Web.VirtualMac);
        await StopAsync(theirs);
        await scene.WaitForMastersAsync(_ => ours, Web);
        await WaitForNeighbourAsync(scene, scene.First.Mac(Segment.Service));
        await theirs.StartAsync(VrrpWorld.Cancellation);
        await scene.WaitForMastersAsync(_ => theirs, Web);
        await WaitForNeighbourAsync(scene, Web.VirtualMac);
    }

    [Fact]
    [Trait("Scenario", "MIX-40")]
    public async Task Theirs_OwnsTheAddress_IsFollowedUntilItEnds()
    {
        await using VrrpScene scene = world.Open();
        VipdNode ours = await scene.VipdAsync(scene.First, Web.ToYaml(Lesser, scene.First, scene.Second));
        await scene.WaitForMastersAsync(_ => ours, Web);
        int from = scene.Tape.Position;
        KeepalivedNode theirs = await scene.KeepalivedAsync(scene.Second, Web.ToKeepalived(255, scene.Second, scene.First));
        await scene.WaitForMastersAsync(_ => theirs, Web);
        await scene.AssertAtRestAsync(_ => theirs, Web);
        scene.AssertVoices(from, [scene.First, scene.Second], [Web]);
        await StopAsync(theirs);
        await scene.WaitForMastersAsync(_ => ours, Web);
        Assert.Equal("the master said farewell", (string?)(await VrrpScene.RowAsync(ours, Web))!["lastTransition"]!["reason"]);
    }

    [Fact]
    [Trait("Scenario", "MIX-41")]
    [Trait("Scenario", "MIX-42")]
    public async Task Theirs_ReadsItsFileAnew_OnlyTheInstanceThatIsGoneMoves()
    {
        (VirtualRouter web, VirtualRouter mail) = (Web with { Interval = 1000 }, Mail with { Interval = 1000 });
        await using VrrpScene scene = world.Open();
        string[] blocks = [.. new[] { web, mail }.Select(r => r.ToKeepalived(Preferred, scene.Second, scene.First))];
        KeepalivedNode theirs = scene.Keepalived(scene.Second);
        await theirs.ConfigureAsync(VrrpScene.ReloadableHead + string.Concat(blocks), VrrpWorld.Cancellation);
        await theirs.StartAsync(VrrpWorld.Cancellation);
        VipdNode ours = await scene.VipdAsync(scene.First, web.ToYaml(Lesser, scene.First, scene.Second), mail.ToYaml(Lesser, scene.First, scene.Second));
        await scene.WaitForMastersAsync(_ => theirs, web, mail);
        await scene.AssertAtRestAsync(_ => theirs, web, mail);
        int from = scene.Tape.Position;
        theirs.Reload();
        await scene.AssertAtRestAsync(_ => theirs, web, mail);
        scene.AssertVoices(from, [scene.Second], [web, mail]);
        await theirs.ConfigureAsync(VrrpScene.ReloadableHead + blocks[1], VrrpWorld.Cancellation);
        theirs.Reload();
        await VrrpScene.WaitForMasterAsync(ours, web);
        Assert.Equal("the master said farewell", (string?)(await VrrpScene.RowAsync(ours, web))!["lastTransition"]!["reason"]);
        Assert.Equal(1, (int)(await VrrpScene.RowAsync(ours, web))!["counters"]!["becameMaster"]!);
        Assert.Equal(0, (int)(await VrrpScene.RowAsync(ours, mail))!["counters"]!["becameMaster"]!);
        await scene.AssertAtRestAsync(r => r == web ? ours : theirs, web, mail);
        scene.AssertVoices(from, [scene.Second, scene.First], [web]);
        scene.AssertVoices(from, [scene.Second], [mail]);
        Assert.DoesNotContain(theirs.Process!.Output.Lines, static l => l.Contains("died", StringComparison.Ordinal));
    }

    /// <summary>keepalived 2.2 drops another list of addresses: what is not advertised cannot make it one.</summary>
    [Fact]
    [Trait("Scenario", "MIX-29")]
    public async Task Ours_HoldsMoreAddressesThanItAdvertises_TheirsStaysBackup()
    {
        await using VrrpScene scene = world.Open();
        KeepalivedNode theirs = await scene.KeepalivedAsync(scene.Second, Web.ToKeepalived(Lesser, scene.Second, scene.First));
        VipdNode ours = await scene.VipdAsync(scene.First, Web.ToYaml(Preferred, scene.First, scene.Second));
        await scene.WaitForMastersAsync(_ => ours, Web);
        int from = scene.Tape.Position;
        await ours.ConfigureAsync(VrrpScene.YamlHead + Web.ToYaml(Preferred, scene.First, scene.Second, "    excludedAddresses: [192.0.2.171/24]\n"), VrrpWorld.Cancellation);
        await VrrpScene.UntilAsync("the address is there", async () => (await VrrpScene.AddressesAsync(scene.First)).Contains("192.0.2.171") ? null : "it is not");
        await scene.AssertAtRestAsync(_ => ours, Web);
        scene.AssertVoices(from, [scene.First], [Web]);
        Assert.All(scene.Tape.Adverts(Web.Id, false, from), advert => Assert.Equal(scene.First.Name, advert.Host));
        Assert.Equal("backup", (await theirs.StatesAsync(VrrpWorld.Cancellation)).GetValueOrDefault(Web.Name));
    }

    private static async Task StopAsync(IVipNode node)
    {
        node.Process!.Terminate();
        await node.Process.WaitForExitAsync(VrrpWorld.Cancellation);
    }

    private static Task WaitForNeighbourAsync(VrrpScene scene, string mac) => VrrpScene.UntilAsync($"the client has {mac}", async () =>
    {
        string line = await LabNetwork.RunAsync(scene.Network.Client.Namespace, "ip", ["neigh", "show", Web.Address.ToString()], null, VrrpWorld.Cancellation);
        return line.Contains($"lladdr {mac} ", StringComparison.Ordinal) ? null : line;
    });
}
