// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using LoadBalancer.BgpNet;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>
/// Routers that stall, flood, reset and fall silent, all at the same node and all at once, beside a real one that goes on
/// learning routes.
/// </summary>
[Collection(FaultCollection.Name)]
public sealed class HardPeerTests(BgpWorld world)
{
    private const int FirstPort = 1790;
    private const int Resets = 3;
    private const int FloodRounds = 60;
    private const int Rounds = 5;

    private const int Requests = 1500;
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan KeepalivePause = TimeSpan.FromSeconds(1);

    private LabHost First => world.Network.Nodes[0];

    [Fact]
    [Trait("Scenario", "F06")]
    [Trait("Scenario", "F31")]
    [Trait("Scenario", "S25")]
    [Trait("Scenario", "X12")]
    [Trait("Scenario", "I61")]
    public async Task Peers_ThatStallFloodResetOrFallSilent_DelayNobodyElse()
    {
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Bird, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilUpAsync();
        int[] marks = scene.Marks();
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(BgpWorld.Cancellation);

        Task[] hard =
        [
            StallAsync(scene, marks[0]), FloodAsync(scene, enough.Token), ResetAsync(scene, marks[0]), FallSilentAsync(scene), NeverOpenAsync(scene),
        ];
        TimeSpan slowest = TimeSpan.Zero;
        for (int i = 0; i < Rounds; i++)
        {
            (string more4, string more6) = await scene.ServeAsync("more");
            long began = Stopwatch.GetTimestamp();
            await scene.UntilRoutedAsync(3, more4, more6);
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
            await scene.WithdrawAsync("more");
            await scene.UntilRoutedAsync(0, more4, more6);
        }

        await enough.CancelAsync();
        await Task.WhenAll(hard);
        BgpWorld.Say($"slowest Service at the real router meanwhile: {slowest.TotalMilliseconds:f0} ms; the speaker takes {world.Cluster.Speaker(First).ResidentBytes >> 20} MiB");
        scene.AssertUndisturbed(marks);
    }

    // Asks for all routes again and again and reads none of them: its window closes, then the node's send buffer is full. It goes
    // on sending, so its hold timer cannot tell: the kernel does, or the send hold timer (RFC 9687).
    private async Task StallAsync(Scene scene, int mark)
    {
        using RawPeer peer = new(world.Network.Client, FirstPort, receiveBuffer: 4096);
        await scene.RawPeerAsync(peer, First, "stalls");
        using RawConnection connection = await peer.AcceptAsync();
        await connection.EstablishAsync(RawOctets.Sound with { HoldSeconds = 9 });
        long began = Stopwatch.GetTimestamp();
        string words = "";
        try
        {
            for (int i = 0; words.Length == 0 && Stopwatch.GetElapsedTime(began) < LongPatience; i++)
            {
                await connection.SendAsync(i < Requests ? RawOctets.Refresh(AfiSafi.IPv4Unicast) : RawOctets.Keepalive);
                await Task.Delay(i < Requests ? Pace : KeepalivePause, TimeProvider.System, BgpWorld.Cancellation);
                words = i < Requests ? "" : Ended();
            }
        }
        catch (SocketException)
        {
            // The node has given it up; its log may lag.
        }

        await world.UntilAsync("the stalled peer is given up", Scene.Patience, () => Task.FromResult(Ended().Length > 0 ? null : "nothing"));
        BgpWorld.Say($"stalled: ended {Stopwatch.GetElapsedTime(began).TotalSeconds:f0} s after it stopped reading: {Ended()}");
        Assert.Matches("its window stays closed|has taken nothing", Ended());

        string Ended() => world.Logged(First, mark).FirstOrDefault(l => l.Contains($"BGP with {scene.NameOf("stalls")} is down", StringComparison.Ordinal)) ?? "";
    }

    // As many messages of as many routes as there is time for; at the end every prefix is counted, and nothing was reset.
    private async Task FloodAsync(Scene scene, CancellationToken enough)
    {
        using RawPeer peer = new(world.Network.Client, FirstPort + 1);
        await scene.RawPeerAsync(peer, First, "floods");
        using RawConnection connection = await peer.AcceptAsync();
        await connection.EstablishAsync(RawOctets.Sound);
        long sent = 0;
        (byte[] first, int each) = RawOctets.Routes(extendedMessages: true);
        byte[][] messages = [first, RawOctets.Routes(extendedMessages: true, (uint)each).Message, RawOctets.Routes(extendedMessages: true, 2 * (uint)each).Message];
        for (int i = 0; i < FloodRounds || !enough.IsCancellationRequested; i++)
            foreach (byte[] message in messages)
            {
                await connection.SendAsync(message);
                sent += message.Length;
            }

        await connection.ProveAliveAsync();
        await scene.UntilSessionAsync("floods", First, $"has {3 * each} prefixes", s => (string?)s["state"] == "Established" && (int?)s["prefixesReceived"] == 3 * each);
        BgpWorld.Say($"flooded with {sent >> 20} MiB of UPDATEs: {3 * each} prefixes counted");
    }

    private async Task ResetAsync(Scene scene, int mark)
    {
        using RawPeer peer = new(world.Network.Client, FirstPort + 2);
        await scene.RawPeerAsync(peer, First, "resets");
        for (int i = 0; i < Resets; i++)
        {
            using RawConnection connection = await peer.AcceptAsync();
            await connection.EstablishAsync(RawOctets.Sound);
            // RST instead of FIN.
            connection.Socket.LingerState = new LingerOption(true, 0);
        }

        using RawConnection last = await peer.AcceptAsync();
        await last.EstablishAsync(RawOctets.Sound);
        await last.ProveAliveAsync();
        await world.UntilAsync("each reset is told", Scene.Patience, () =>
        {
            int told = world.Logged(First, mark).Count(l => l.Contains($"BGP with {scene.NameOf("resets")} is down", StringComparison.Ordinal));
            return Task.FromResult(told == Resets ? null : $"{told} are");
        });
    }

    // The path dies without a word: the connection stays half open.
    private async Task FallSilentAsync(Scene scene)
    {
        using RawPeer peer = new(world.Network.Client, FirstPort + 3);
        await scene.RawPeerAsync(peer, First, "silent");
        using RawConnection connection = await peer.AcceptAsync();
        await connection.EstablishAsync(RawOctets.Sound with { HoldSeconds = 90 });
        Assert.Equal("4/0", await connection.ReadEndAsync());
    }

    private async Task NeverOpenAsync(Scene scene)
    {
        using RawPeer peer = new(world.Network.Client, FirstPort + 4);
        await scene.RawPeerAsync(peer, First, "mute");
        using RawConnection connection = await peer.AcceptAsync();
        Assert.Equal("4/0", await connection.ReadEndAsync());
    }
}
