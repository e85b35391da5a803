// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>Routes of a speaker that stays away longer than the restart time (RFC 9494), against BIRD.</summary>
[Collection(WorldCollection.Name)]
public sealed class LongLivedTests(BgpWorld world)
{
    private LabHost First => world.Network.Nodes[0];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Speaker_AwayLongerThanTheRestartTime_ItsRouteStaysAsALastResortOnlyWhenAskedFor(bool asked)
    {
        string node = First.ServiceAddress.ToString();
        await using OwnBird bird = await OwnBird.StartAsync(world.Network, "long-lived", $$"""
            router id 192.0.2.1;
            protocol bgp p0 {
              local {{world.Network.Router.ServiceAddress}} as {{RouterOptions.UsualRouterAsn}}; neighbor {{node}} as {{RouterOptions.UsualClusterAsn}};
              hold time 9; passive on; graceful restart aware; long lived graceful restart aware;
              ipv4 { import all; export none; };
            }
            """);
        // The scene's router is not used: it only cleans up.
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { Port = 1790 });
        (string ipv4, _) = await scene.ServeAsync("web");
        await scene.PeerAsync(change: spec =>
        {
            (spec["peerPort"], spec["enableGracefulRestart"], spec["restartTime"]) = (179, true, "2s");
            if (asked)
                spec["longLivedStaleTime"] = "600s";
        });
        await UntilAsync(bird, "the route is there", static route => route.Contains("BGP.next_hop", StringComparison.Ordinal), ipv4);
        await scene.UntilLoggedAsync(First, 0, scene.NameOf(), "EndOfRib");
        world.Cluster.Speaker(First).Kill();
        await world.Cluster.Speaker(First).WaitForExitAsync(BgpWorld.Cancellation);
        try
        {
            if (asked)
                await UntilAsync(bird, "it is stale for long", static route => route.Contains("(65535,6)", StringComparison.Ordinal), ipv4);
            else
                await UntilAsync(bird, "it is gone", static route => !route.Contains("BGP.next_hop", StringComparison.Ordinal), ipv4);
        }
        finally
        {
            await world.Cluster.StartSpeakerAsync(First);
        }

        await UntilAsync(bird, "it is fresh again", static route => route.Contains("BGP.next_hop", StringComparison.Ordinal) && !route.Contains("(65535,6)", StringComparison.Ordinal), ipv4);
    }

    private Task UntilAsync(OwnBird bird, string what, Func<string, bool> asWanted, string prefix) => world.UntilAsync(what, TimeSpan.FromSeconds(60), async () =>
        await bird.AskAsync("show", "route", prefix, "all") is var route && asWanted(route) ? null : route);
}
