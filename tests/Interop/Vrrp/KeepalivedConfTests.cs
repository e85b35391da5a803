// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>One keepalived.conf, run by keepalived on two nodes, by vipd on two nodes, and by one of each: it does the same.</summary>
[Collection(VrrpCollection.Name)]
public sealed class KeepalivedConfTests(VrrpWorld world)
{
    private static readonly VirtualRouter Outside = new("outside", 180);
    private static readonly VirtualRouter Inside = new("inside", 181);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [Trait("Scenario", "CFG-16")]
    [Trait("Scenario", "MIX-34")]
    public async Task SyncGroupAndScript_RunByEither_MoveAlike(bool firstIsOurs, bool secondIsOurs)
    {
        await using VrrpScene scene = world.Open();
        IVipNode first = await StartAsync(scene, scene.First, scene.Second, 150, firstIsOurs);
        IVipNode second = await StartAsync(scene, scene.Second, scene.First, 100, secondIsOurs);
        await WaitForHolderAsync(first, second);
        string marker = Marker(scene, scene.First);
        await File.WriteAllTextAsync(marker, "", VrrpWorld.Cancellation);
        await WaitForHolderAsync(second, first);
        File.Delete(marker);
        await WaitForHolderAsync(first, second);
        await scene.AssertAtRestAsync(_ => first, Outside, Inside);
    }

    private static async Task<IVipNode> StartAsync(VrrpScene scene, LabHost host, LabHost other, int priority, bool isOurs)
    {
        string configuration = $$"""
            {{VrrpScene.KeepalivedHead.Replace("global_defs {", "global_defs {\n  script_user root", StringComparison.Ordinal)}}
            vrrp_script healthy {
              script "/usr/bin/test ! -e {{Marker(scene, host)}}"
              interval 1
              fall 1
              rise 1
            }
            vrrp_sync_group pair {
              group {
                outside
                inside
              }
            }
            {{Outside.ToKeepalived(priority, host, other, "  track_script {\n    healthy\n  }\n")}}
            {{Inside.ToKeepalived(priority, host, other)}}
            """;
        if (isOurs)
        {
            VipdNode ours = scene.Vipd(host);
            await ours.ConfigureAsync("keepalived.conf", configuration, VrrpWorld.Cancellation);
            await ours.StartAsync(VrrpWorld.Cancellation);
            return ours;
        }

        KeepalivedNode theirs = scene.Keepalived(host);
        await theirs.ConfigureAsync(configuration, VrrpWorld.Cancellation);
        await theirs.StartAsync(VrrpWorld.Cancellation);
        return theirs;
    }

    private static Task WaitForHolderAsync(IVipNode holder, IVipNode other) => VrrpScene.UntilAsync($"{holder.Host} alone has both addresses", async () =>
    {
        IReadOnlyList<string> here = await VrrpScene.AddressesAsync(holder.Host);
        IReadOnlyList<string> there = await VrrpScene.AddressesAsync(other.Host);
        string[] both = [Outside.Address.ToString(), Inside.Address.ToString()];
        return both.All(here.Contains) && !both.Any(there.Contains) ? null : $"{string.Join(' ', here)} and {string.Join(' ', there)}";
    });

    private static string Marker(VrrpScene scene, LabHost host) => Path.Combine(scene.Network.State.Directory, "unhealthy-" + host.Name);
}
