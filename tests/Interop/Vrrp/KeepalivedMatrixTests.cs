// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>
/// vipd beside keepalived in every mode that both know, all at once: of each mode there is a virtual router that ours should be
/// master of and one that theirs should.
/// </summary>
[Collection(VrrpCollection.Name)]
public sealed class KeepalivedMatrixTests(VrrpWorld world)
{
    private const int Preferred = 200;
    private const int Lesser = 100;

    private static readonly VirtualRouter[] OursFirst = [.. Modes("ours", 100)];
    private static readonly VirtualRouter[] TheirsFirst = [.. Modes("theirs", 120)];
    private static readonly VirtualRouter[] All = [.. OursFirst, .. TheirsFirst];

    [Theory]
    [InlineData(true, Ending.Terminated)]
    [InlineData(true, Ending.Killed)]
    [InlineData(true, Ending.Cut)]
    [InlineData(false, Ending.Terminated)]
    [InlineData(false, Ending.Killed)]
    [InlineData(false, Ending.Cut)]
    [Trait("Scenario", "MIX-01")]
    [Trait("Scenario", "MIX-03")]
    [Trait("Scenario", "MIX-04")]
    [Trait("Scenario", "MIX-05")]
    [Trait("Scenario", "MIX-06")]
    [Trait("Scenario", "MIX-09")]
    [Trait("Scenario", "MIX-11")]
    [Trait("Scenario", "MIX-13")]
    [Trait("Scenario", "MIX-18")]
    [Trait("Scenario", "ARP-07")]
    [Trait("Scenario", "ARP-08")]
    [Trait("Scenario", "ND-04")]
    [Trait("Scenario", "TX-11")]
    [Trait("Scenario", "MIG-02")]
    [Trait("Scenario", "MIG-04")]
    public async Task EveryMode_OneOfTwoEnds_TheOtherTakesOverAndGivesBack(bool oursEnds, Ending ending)
    {
        await using VrrpScene scene = world.Open();
        VipdNode ours = await scene.VipdAsync(scene.First, [.. All.Select(r => r.ToYaml(OursFirst.Contains(r) ? Preferred : Lesser, scene.First, scene.Second))]);
        KeepalivedNode theirs = await scene.KeepalivedAsync(scene.Second, [.. All.Select(r => r.ToKeepalived(OursFirst.Contains(r) ? Lesser : Preferred, scene.Second, scene.First))]);
        IVipNode byPriority(VirtualRouter router) => OursFirst.Contains(router) ? ours : theirs;
        await scene.WaitForMastersAsync(byPriority, All);
        (IVipNode ended, IVipNode left) = oursEnds ? ((IVipNode)ours, (IVipNode)theirs) : (theirs, ours);
        VirtualRouter[] moving = oursEnds ? OursFirst : TheirsFirst;
        VirtualRouter[] staying = oursEnds ? TheirsFirst : OursFirst;
        TwoNodes two = new(scene, ours, ended, left, ending, moving, staying);

        await two.EndAsync();
        foreach (VirtualRouter router in moving)
        {
            Assert.Equal(ending == Ending.Terminated, scene.Tape.Adverts(router.Id, router.IsIPv6, two.From).Any(a => a.Priority == 0 && a.Host == ended.Host.Name));
            if (!oursEnds)
            {
                string reason = (string)(await VrrpScene.RowAsync(ours, router))!["lastTransition"]!["reason"]!;
                Assert.Equal(ending == Ending.Terminated ? "the master said farewell" : "nothing was heard of a master for a master-down interval", reason);
            }
        }

        if (ending == Ending.Terminated)
            await scene.AssertAtRestAsync(_ => left, All);
        await two.ReturnAsync();
        foreach (VirtualRouter router in TheirsFirst.Where(_ => !oursEnds))
            Assert.Equal("a better master was heard", (string)(await VrrpScene.RowAsync(ours, router))!["lastTransition"]!["reason"]!);
        foreach (VirtualRouter router in All)
            AssertAgreed((await VrrpScene.RowAsync(ours, router))!);
    }

    // That one of the two came back right after its farewell is told, rightly.
    private static void AssertAgreed(JsonNode row) => Assert.DoesNotContain(
        row["peers"]!.AsArray().SelectMany(static p => p!["disagreements"]!.AsArray()).Select(static d => (string)d!),
        static d => !d.StartsWith("advertised again right after", StringComparison.Ordinal));

    private static IEnumerable<VirtualRouter> Modes(string who, int id) =>
    [
        new($"{who}-v2", id) { Version = 2, Interval = 1000 },
        new($"{who}-v2-pass", id + 1) { Version = 2, Interval = 1000, Password = "secret" },
        new($"{who}-v2-unicast", id + 2) { Version = 2, Interval = 1000, IsUnicast = true },
        new($"{who}-v3", id + 3),
        new($"{who}-v3-unicast", id + 4) { IsUnicast = true },
        new($"{who}-v3-mac", id + 5) { HasVirtualMac = true },
        new($"{who}-v6", id + 6) { IsIPv6 = true },
        new($"{who}-v6-unicast", id + 7) { IsIPv6 = true, IsUnicast = true },
        new($"{who}-v6-mac", id + 8) { IsIPv6 = true, HasVirtualMac = true },
    ];
}
