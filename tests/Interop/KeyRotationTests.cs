// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>A new TCP MD5 password on a session that is up.</summary>
[Collection(FaultCollection.Name)]
public sealed class KeyRotationTests(BgpWorld world)
{
    private const int Port = 1790;
    private const string Secret = "rotated";
    private const string MismatchCounter = "TCPMD5Failure";

    private LabHost First => world.Network.Nodes[0];

    // Segments signed with the other key are dropped and sent again, so both sides have until the hold time to agree.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_ChangedOnBothSides_KeepsTheSession(bool routerFirst)
    {
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Bird, new RouterOptions { DualStack = true });
        using RawPeer peer = new(world.Network.Client, Port, (First, "old"));
        await scene.SecretAsync(Secret, "old");
        await scene.RawPeerAsync(peer, First, "raw", static spec =>
        {
            // Long, so that however slow this machine is the two agree before it ends.
            (spec["holdTime"], spec["keepaliveTime"]) = ("90s", "30s");
            spec["passwordSecret"] = new JsonObject { ["name"] = Secret };
        });
        using RawConnection connection = await peer.AcceptAsync();
        await connection.EstablishAsync(RawOctets.Sound with { HoldSeconds = 90 });
        await scene.UntilLoggedAsync(First, 0, scene.NameOf("raw"), "is up");
        await connection.ProveAliveAsync();
        int mark = world.Cluster.Speaker(First).Output.Count;

        long began;
        if (routerFirst)
        {
            RawPeer.SetKey(connection.Socket, First, "new");
            await UntilMismatchAsync(connection);
            began = Stopwatch.GetTimestamp();
            await scene.SecretAsync(Secret, "new");
        }
        else
        {
            await scene.SecretAsync(Secret, "new");
            await UntilMismatchAsync(connection);
            began = Stopwatch.GetTimestamp();
            RawPeer.SetKey(connection.Socket, First, "new");
        }

        await connection.ProveAliveAsync();
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        (string ipv4, _) = await scene.ServeAsync("web");
        string octets = Convert.ToHexString(System.Net.IPAddress.Parse(ipv4.Split('/')[0]).GetAddressBytes());
        while (!Convert.ToHexString((await connection.ReadAsync(MessageType.Update)).Body).Contains(octets, StringComparison.Ordinal))
        {
        }

        BgpWorld.Say($"the {(routerFirst ? "router" : "node")} changed first: answered {took.TotalMilliseconds:f0} ms after the other side had changed too");
        Assert.DoesNotContain(world.Logged(First, mark), l => l.Contains($"BGP with {scene.NameOf("raw")} is down", StringComparison.Ordinal));
    }

    // Real routers end their sessions themselves for a new password; what counts is that all are back at once.
    [Fact]
    public async Task Key_ChangedOnFrrAndInTheSecret_SessionsComeBack()
    {
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { DualStack = true, Password = "old" });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.SecretAsync(Secret, "old");
        await scene.PeerAsync(change: static spec =>
        {
            spec.Remove("password");
            spec["passwordSecret"] = new JsonObject { ["name"] = Secret };
        });
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilUpAsync();
        int[] marks = scene.Marks();

        await scene.SecretAsync(Secret, "new");
        await ((Frr)scene.Router).VtyshAsync(["configure terminal", $"router bgp {scene.Options.RouterAsn}", .. scene.Options.Peers.Select(static p => $"neighbor {p} password new")]);
        long began = Stopwatch.GetTimestamp();
        foreach ((LabHost node, int mark) in world.Network.Nodes.Zip(marks))
            await scene.UntilLoggedAsync(node, mark, $"{scene.NameOf()} is up");
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        BgpWorld.Say($"FRR: all sessions back {Stopwatch.GetElapsedTime(began).TotalMilliseconds:f0} ms after both had the new password");
    }

    // The node's kernel counts what comes with a wrong signature.
    private async Task UntilMismatchAsync(RawConnection connection)
    {
        long before = await MismatchesAsync(First);
        await world.UntilAsync("the node drops what the router signs", Scene.Patience, async () =>
        {
            await connection.SendAsync(RawOctets.Keepalive);
            return await MismatchesAsync(First) > before ? null : "nothing dropped";
        });
    }

    private static async Task<long> MismatchesAsync(LabHost host)
    {
        string[][] lines = [.. (await LabNetwork.RunAsync(host.Namespace, "cat", ["/proc/net/netstat"], null, BgpWorld.Cancellation)).Split('\n').Where(static l => l.StartsWith("TcpExt:", StringComparison.Ordinal)).Select(static l => l.Split(' '))];
        return long.Parse(lines[1][Array.IndexOf(lines[0], MismatchCounter)], CultureInfo.InvariantCulture);
    }
}
