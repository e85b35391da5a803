// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Vip;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>What befalls a node while the address is in use: a daemon that never stays up, and clients without end.</summary>
[Collection(VipCollection.Name)]
public sealed class HardshipTests(VipLab lab)
{
    private const int Restarts = 5;
    private const int MostConnections = 50_000;

    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    [Fact]
    [Trait("Scenario", "K8-21")]
    public async Task Backup_ThatIsKilledAndStartedAgainAndAgain_ClaimsNothing()
    {
        using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
        await using Scene scene = lab.Open();
        string backup = File(Instance("web", 100, VipLab.Vip + "/24", interval: "1s"));
        await scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/24", interval: "1s")));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        for (int i = 0; i < Restarts; i++)
        {
            LabProcess daemon = await scene.StartAsync(Second, backup);
            // Killed before it runs, it could claim nothing anyway.
            await EventuallyAsync("it takes part", async () => await scene.StateAsync(Second, "web") == "backup");
            daemon.Kill();
            await daemon.WaitForExitAsync(VipLab.Cancellation);
        }

        Assert.DoesNotContain(tape.Claims(IPAddress.Parse(VipLab.Vip)), c => c.Host == Second.Name);
        Assert.DoesNotContain(tape.Adverts(51, ipv6: false, 0), a => a.Host == Second.Name);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
    }

    [Fact]
    [Trait("Scenario", "K8-27")]
    public async Task Clients_FloodTheAddressWhileItMoves_ItMovesOnce()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/24")));
        await scene.StartAsync(Second, File(Instance("web", 100, VipLab.Vip + "/24")));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(VipLab.Cancellation);
        int tried = 0;
        Thread flood = new(Flood);
        flood.Start();
        try
        {
            await EventuallyAsync("clients knock", () => Task.FromResult(Volatile.Read(ref tried) > 1000));
            scene[First].Kill();
            await EventuallyAsync("the second is master", async () => await scene.StateAsync(Second, "web") == "master");
            int then = Volatile.Read(ref tried);
            await EventuallyAsync("clients knock at the second", () => Task.FromResult(Volatile.Read(ref tried) is var now && (now > then + 1000 || now == MostConnections)));
        }
        finally
        {
            await enough.CancelAsync();
            flood.Join();
        }

        Assert.Equal("master", await scene.StateAsync(Second, "web"));
        Assert.Equal(1, (long)(await scene.RowAsync(Second, "web"))["counters"]!["becameMaster"]!);

        void Flood()
        {
            for (; tried < MostConnections && !enough.IsCancellationRequested; tried++)
            {
                Knock();
            }
        }
    }

    // A SYN, and no care for the answer.
    private void Knock()
    {
        using Socket socket = lab.Network.Client.Namespace.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Blocking = false;
        try
        {
            socket.Connect(IPAddress.Parse(VipLab.Vip), 80);
        }
        catch (SocketException)
        {
            // It is under way, or refused.
        }
    }
}
