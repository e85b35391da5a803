// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>Accept mode of the daemon (RFC 9568 6.1).</summary>
[Collection(VipCollection.Name)]
public sealed class AcceptTests(VipLab lab)
{
    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    [Fact]
    public async Task Master_ThatDoesNotAccept_IsFoundAndTakesNothingUntilItMay()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(Second, File(Refusing(100)));
        await scene.StartAsync(First, File(Refusing(150)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await LabNetwork.RunAsync(lab.Network.Client.Namespace, "ip", ["neigh", "flush", "all"], null, VipLab.Cancellation);
        Assert.False(await AnswersAsync());
        Assert.Contains("lladdr", await LabNetwork.RunAsync(lab.Network.Client.Namespace, "ip", ["neigh", "show", VipLab.Vip], null, VipLab.Cancellation), StringComparison.Ordinal);

        // Whoever takes over refuses from the first packet on.
        scene[First].Terminate();
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        Assert.False(await AnswersAsync());
        Assert.DoesNotContain("loadbalancer.accept", await RulesetAsync(First), StringComparison.Ordinal);

        await scene.ReloadAsync(Second, File(Refusing(100).Replace("accept: false", "accept: true", StringComparison.Ordinal)));
        await EventuallyAsync("the address takes packets", AnswersAsync);
    }

    [Fact]
    public async Task Killed_WhatItLeft_IsSweptAtTheNextStart()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Refusing(150)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        scene[First].Kill();
        Assert.Contains("loadbalancer.accept", await RulesetAsync(First), StringComparison.Ordinal);
        await scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/24")));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await EventuallyAsync("the address takes packets", AnswersAsync);
    }

    private static string Refusing(int priority) => Instance("web", priority, VipLab.Vip + "/24", more: "    accept: false\n");

    private static Task<string> RulesetAsync(LabHost node) => LabNetwork.RunAsync(node.Namespace, "nft", ["list", "ruleset"], null, VipLab.Cancellation);

    private async Task<bool> AnswersAsync() => (await LabNetwork.RunAsync(
        lab.Network.Client.Namespace, "sh", ["-c", $"ping -n -c 1 -W 1 {VipLab.Vip} || true"], null, VipLab.Cancellation)).Contains("1 received", StringComparison.Ordinal);
}
