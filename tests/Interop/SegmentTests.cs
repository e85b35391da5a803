// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Interop;

/// <summary>The segment between node and router: how far a neighbour may be, what is lost on it, and by what the next hop goes.</summary>
[Collection(FaultCollection.Name)]
public sealed class SegmentTests(BgpWorld world)
{
    private const int Rounds = 6;
    private static readonly TimeSpan ShortCut = TimeSpan.FromSeconds(2);

    private LabHost First => world.Network.Nodes[0];

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I51")]
    public async Task TtlSecurity_OnBothSides_IsUp(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, TtlSecurity = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync(change: static spec => spec["ttlSecurityHops"] = 1);
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
    }

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I61")]
    public async Task Link_CutForLessAndForMoreThanTheHoldTime_IsOneSessionBeforeAndAfter(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilUpAsync();
        int[] marks = scene.Marks();
        try
        {
            await world.Network.CutLinkAsync(First, Segment.Service, CutKind.Silent, BgpWorld.Cancellation);
            await Task.Delay(ShortCut, TimeProvider.System, BgpWorld.Cancellation);
            await world.Network.HealAllAsync(CancellationToken.None);
            (string more4, string more6) = await scene.ServeAsync("more");
            await scene.UntilRoutedAsync(3, ipv4, ipv6, more4, more6);
            scene.AssertUndisturbed(marks);
            await world.Network.CutLinkAsync(First, Segment.Service, CutKind.Silent, BgpWorld.Cancellation);
            string end = await scene.UntilLoggedAsync(First, marks[0], $"BGP with {scene.NameOf()} is down");
            await scene.UntilRoutedAsync(2, ipv4, ipv6);
            BgpWorld.Say($"{kind}: {end}");
        }
        finally
        {
            await world.Network.HealAllAsync(CancellationToken.None);
        }

        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        Assert.Equal(3, (await scene.Router.EstablishedAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    [Trait("Scenario", "I62")]
    public async Task Segment_LosesEveryTwentiethPacket_NoSessionEnds(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilUpAsync();
        int[] marks = scene.Marks();
        try
        {
            await world.Network.LoseAsync(First, Segment.Service, 0.05, BgpWorld.Cancellation);
            for (int i = 0; i < Rounds; i++)
            {
                (string more4, string more6) = await scene.ServeAsync("more");
                await scene.UntilRoutedAsync(3, more4, more6);
                await scene.WithdrawAsync("more");
                await scene.UntilRoutedAsync(0, more4, more6);
            }
        }
        finally
        {
            await world.Network.HealAllAsync(CancellationToken.None);
        }

        scene.AssertUndisturbed(marks);
    }

    // Another BGP daemon of the node, such as that of its network plugin, has the port: who only dials does not need it.
    [Fact]
    [Trait("Scenario", "I69")]
    public async Task Port179_OfAnotherDaemonOfTheNode_IsMissedByPassivePeersAlone()
    {
        using Socket other = First.Namespace.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Any, RouterOptions.BgpPort));
        other.Listen();
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { DualStack = true });
        int mark = scene.Marks()[0];
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        Assert.DoesNotContain(world.Logged(First, mark), static l => l.Contains("another BGP daemon", StringComparison.Ordinal));
        await scene.PeerAsync(change: static spec => (spec["peerAddress"], spec["passive"]) = ("192.0.2.250", true), name: "awaited");
        await scene.UntilSessionAsync("awaited", First, "says what has the port", static s => ((string?)s["lastError"])?.Contains("another BGP daemon", StringComparison.Ordinal) == true);
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
    }

    [Theory]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    [Trait("Scenario", "I72")]
    public async Task IPv4Routes_OverIPv6NextHops_CarryPackets(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, IPv4OverIPv6 = true }, ipv6: true);
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync(ipv6: true);
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilInKernelAsync(3, ipv4, ipv6);
        Assert.All((await scene.Router.RoutesAsync())[ipv4], static hop => Assert.Contains(':', hop));
        using NamespaceHttp http = new(world.Network.Remote!);
        HttpAnswer answer = await http.GetAsync(new IPEndPoint(IPAddress.Parse(ipv4.Split('/')[0]), 80), NginxBackend.HostNames[0], "/", BgpWorld.Cancellation);
        Assert.Equal(200, answer.Status);
    }
}
