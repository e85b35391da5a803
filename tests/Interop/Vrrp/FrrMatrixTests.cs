// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>vipd beside vrrpd of FRR, which only knows virtual hardware addresses: both families at once, in both directions.</summary>
[Collection(VrrpCollection.Name)]
public sealed class FrrMatrixTests(VrrpWorld world)
{
    private static readonly VirtualRouter[] OursFirst = [new("ours-v3", 140) { HasVirtualMac = true }, new("ours-v6", 141) { HasVirtualMac = true, IsIPv6 = true }];
    private static readonly VirtualRouter[] TheirsFirst = [new("theirs-v3", 150) { HasVirtualMac = true }, new("theirs-v6", 151) { HasVirtualMac = true, IsIPv6 = true }];
    private static readonly VirtualRouter[] All = [.. OursFirst, .. TheirsFirst];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Scenario", "MIX-45")]
    [Trait("Scenario", "MIX-47")]
    public async Task BothFamilies_OneOfTwoIsKilled_TheOtherTakesOverAndGivesBack(bool oursEnds)
    {
        await using VrrpScene scene = world.Open();
        VipdNode ours = await scene.VipdAsync(scene.First, [.. All.Select(r => r.ToYaml(OursFirst.Contains(r) ? 200 : 100, scene.First, scene.Second))]);
        FrrVrrp theirs = scene.Frr(scene.Second);
        await theirs.ConfigureAsync(static r => OursFirst.Contains(r) ? 100 : 200, All);
        await theirs.StartAsync(VrrpWorld.Cancellation);
        IVipNode byPriority(VirtualRouter router) => OursFirst.Contains(router) ? ours : theirs;
        await scene.WaitForMastersAsync(byPriority, All);
        await scene.AssertAtRestAsync(byPriority, All);
        (IVipNode ended, IVipNode left) = oursEnds ? ((IVipNode)ours, (IVipNode)theirs) : (theirs, ours);

        int from = scene.Tape.Position;
        ended.Process!.Kill();
        await ended.Process.WaitForExitAsync(VrrpWorld.Cancellation);
        await scene.WaitForMastersAsync(_ => left, All);
        scene.AssertHandovers(from, 1, All);

        from = scene.Tape.Position;
        await ended.StartAsync(VrrpWorld.Cancellation);
        await scene.WaitForMastersAsync(byPriority, All);
        scene.AssertHandovers(from, 1, All);
        await scene.AssertAtRestAsync(byPriority, All);
    }
}
