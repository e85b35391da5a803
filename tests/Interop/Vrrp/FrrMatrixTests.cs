// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>vipd beside vrrpd of FRR, which only knows multicast and virtual hardware addresses: all of its modes at once, in both directions.</summary>
[Collection(VrrpCollection.Name)]
public sealed class FrrMatrixTests(VrrpWorld world)
{
    private static readonly VirtualRouter[] OursFirst = [.. Modes("ours", 140)];
    private static readonly VirtualRouter[] TheirsFirst = [.. Modes("theirs", 150)];
    private static readonly VirtualRouter[] All = [.. OursFirst, .. TheirsFirst];

    [Theory]
    [InlineData(true, Ending.Terminated)]
    [InlineData(true, Ending.Killed)]
    [InlineData(true, Ending.Cut)]
    [InlineData(false, Ending.Terminated)]
    [InlineData(false, Ending.Killed)]
    [InlineData(false, Ending.Cut)]
    [Trait("Scenario", "MIX-45")]
    [Trait("Scenario", "MIX-47")]
    public async Task EveryMode_OneOfTwoEnds_TheOtherTakesOverAndGivesBack(bool oursEnds, Ending ending)
    {
        await using VrrpScene scene = world.Open();
        VipdNode ours = await scene.VipdAsync(scene.First, [.. All.Select(r => r.ToYaml(OursFirst.Contains(r) ? 200 : 100, scene.First, scene.Second))]);
        FrrVrrp theirs = scene.Frr(scene.Second);
        await theirs.ConfigureAsync(static r => OursFirst.Contains(r) ? 100 : 200, All);
        await theirs.StartAsync(VrrpWorld.Cancellation);
        IVipNode byPriority(VirtualRouter router) => OursFirst.Contains(router) ? ours : theirs;
        await scene.WaitForMastersAsync(byPriority, All);
        (IVipNode ended, IVipNode left) = oursEnds ? ((IVipNode)ours, (IVipNode)theirs) : (theirs, ours);
        VirtualRouter[] moving = oursEnds ? OursFirst : TheirsFirst;
        TwoNodes two = new(scene, ours, ended, left, ending, moving, oursEnds ? TheirsFirst : OursFirst);

        await two.EndAsync();
        foreach (VirtualRouter router in moving)
            Assert.Equal(ending == Ending.Terminated, scene.Tape.Adverts(router.Id, router.IsIPv6, two.From).Any(a => a.Priority == 0 && a.Host == ended.Host.Name));
        await two.ReturnAsync();
    }

    private static IEnumerable<VirtualRouter> Modes(string who, int id) =>
    [
        new($"{who}-v2", id) { HasVirtualMac = true, Version = 2, Interval = 1000 },
        new($"{who}-v3", id + 1) { HasVirtualMac = true },
        new($"{who}-v6", id + 2) { HasVirtualMac = true, IsIPv6 = true },
    ];
}
