// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>A router that connects while it is connected to: one connection is left, the one that RFC 4271 6.8 names.</summary>
[Collection(FaultCollection.Name)]
public sealed class CollisionTests(BgpWorld world)
{
    private const int Port = 1790;
    private const string LosesCollision = "6/7";
    // A node's is its management address, 203.0.113.n.
    private const uint HigherIdentifier = 0xcb0071fa;

    private LabHost First => world.Network.Nodes[0];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [Trait("Scenario", "F25")]
    [Trait("Scenario", "F26")]
    [Trait("Scenario", "F28")]
    public async Task Router_ConnectsWhileConnectedTo_KeepsTheConnectionOfTheHigherIdentifier(bool routerIsHigher, bool answersItsOwnFirst)
    {
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Bird, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilUpAsync();
        int[] marks = scene.Marks();
        // The node listens only when a peer is to come to it; the one that is awaited here never comes.
        await scene.PeerAsync(change: static spec => (spec["peerAddress"], spec["passive"]) = ("192.0.2.250", true), name: "awaited");
        await scene.UntilSessionAsync("awaited", First, "is awaited", static s => (string?)s["state"] == "Active");
        using RawPeer peer = new(world.Network.Client, Port);
        await scene.RawPeerAsync(peer, First, "raw");
        SpeakerOpen open = RawOctets.Sound with { Identifier = routerIsHigher ? HigherIdentifier : RawOctets.Identifier };

        using RawConnection nodes = await peer.AcceptAsync();
        using RawConnection routers = await peer.DialAsync(First);
        _ = await nodes.ReadAsync(MessageType.Open);
        _ = await routers.ReadAsync(MessageType.Open);
        (RawConnection one, RawConnection other) = answersItsOwnFirst ? (routers, nodes) : (nodes, routers);
        await one.SendAsync(RawOctets.Open(open));
        _ = await one.ReadAsync(MessageType.Keepalive);
        await other.SendAsync(RawOctets.Open(open));

        (RawConnection survivor, RawConnection loser) = routerIsHigher ? (routers, nodes) : (nodes, routers);
        Assert.Equal(LosesCollision, await loser.ReadEndAsync());
        await survivor.SendAsync(RawOctets.Keepalive);
        if (survivor == other)
            _ = await survivor.ReadAsync(MessageType.Keepalive);
        await survivor.ProveAliveAsync();

        // One more while it is established: the old one stays.
        using RawConnection late = await peer.DialAsync(First);
        Assert.Equal(LosesCollision, await EndOfLateAsync(late, open));
        await survivor.ProveAliveAsync();
        scene.AssertUndisturbed(marks);
    }

    private static async Task<string> EndOfLateAsync(RawConnection late, SpeakerOpen open)
    {
        await late.SendAsync(RawOctets.Open(open));
        return await late.ReadEndAsync();
    }
}
