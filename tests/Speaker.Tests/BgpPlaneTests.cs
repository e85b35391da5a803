// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net.Sockets;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Config;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Planes with real threads and sockets, and routers that are played on the loopback interface.</summary>
public sealed class BgpPlaneTests : IDisposable
{
    private static readonly IpPrefix[] Prefixes = [IpPrefix.Parse("198.51.100.1/32"), IpPrefix.Parse("198.51.100.2/32")];

    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly List<IDisposable> _made = [];
    private readonly ConcurrentQueue<BgpReport> _reports = [];

    public BgpPlaneTests() => _limit.CancelAfter(TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _made.Reverse();
        _made.ForEach(static one => one.Dispose());
        _limit.Dispose();
    }

    [Fact]
    [Trait("Scenario", "S35")]
    [Trait("Scenario", "S36")]
    [Trait("Scenario", "S37")]
    public async Task TwoSpeakersOfOneProcess_WithTwoRoutersOfOneAddress_AreFourSessions()
    {
        PlayedRouter[] routers = [Made(new PlayedRouter()), Made(new PlayedRouter()), Made(new PlayedRouter()), Made(new PlayedRouter())];
        BgpPlane one = Plane();
        BgpPlane other = Plane();
        Assert.True(one.TryApply(new BgpIntent { Peers = [Sample.Intent(routers[0].Peer("a")), Sample.Intent(routers[1].Peer("b"))] }));
        Assert.True(other.TryApply(new BgpIntent { Peers = [Other(routers[2], "a"), Other(routers[3], "b")] }));
        List<(uint, uint)> said = [];
        foreach (PlayedRouter router in routers)
        {
            (NetworkStream stream, uint asn, uint identifier) = await router.OpenedAsync(_limit.Token);
            using (stream)
                said.Add((asn, identifier));
        }

        Assert.Equal([(64512u, 0xC0000214u), (64512u, 0xC0000214u), (64999u, 0xC0000215u), (64999u, 0xC0000215u)], said);
        // What ends one speaker is nothing to the other.
        one.Stop();
        await one.Completion.WaitAsync(_limit.Token);
        using NetworkStream still = await routers[2].EstablishedAsync(_limit.Token);
        static PeerIntent Other(PlayedRouter router, string name) => Sample.Intent(router.Peer(name, 64999)) with { RouterId = 0xC0000215 };
    }

    [Fact]
    [Trait("Scenario", "S41")]
    public async Task Routes_ReadWhileTheyChange_AreOfOneMoment()
    {
        const uint Changes = 300;
        PlayedRouter router = Made(new PlayedRouter());
        BgpPlane plane = Plane();
        plane.TryApply(new BgpIntent { Peers = [Sample.Intent(router.Peer("tor"))], Routes = Changed(1), IsComplete = true });
        using NetworkStream stream = await router.EstablishedAsync(_limit.Token);
        Task<int> reading = ReadUntilEndOfRibAsync(stream);
        HashSet<uint> seen = [];
        for (uint med = 1; med <= Changes;)
        {
            if (plane.TryApply(new BgpIntent { Routes = Changed(med) }))
                med++;
            uint?[] read = [.. (await plane.ReadRoutesAsync(_limit.Token)).Select(static r => r.Route.Attributes?.Med)];
            if (read.Length == 0)
                continue;
            Assert.Equal(2, read.Length);
            Assert.True(read[0] is not null && read[0] == read[1], $"{read[0]} and {read[1]} were never told together");
            seen.Add(read[0]!.Value);
        }

        Assert.InRange(seen.Count, 2, (int)Changes);
        Assert.InRange(await reading, 1, int.MaxValue);
    }

    [Fact]
    [Trait("Scenario", "S31")]
    public async Task Leave_RoutersThatAnswerNothing_AreNotWaitedFor()
    {
        PlayedRouter silent = Made(new PlayedRouter());
        PlayedRouter up = Made(new PlayedRouter());
        PlayedRouter absent = new();
        Config.Bgp.BgpPeer nobody = absent.Peer("c");
        absent.Dispose();
        BgpPlane plane = Plane();
        plane.TryApply(new BgpIntent { Peers = [Sample.Intent(silent.Peer("a")), Sample.Intent(up.Peer("b")), Sample.Intent(nobody)], IsComplete = true });
        (NetworkStream stream, _, _) = await silent.OpenedAsync(_limit.Token);
        using (stream)
        using (await up.EstablishedAsync(_limit.Token))
            // Neither closes nor reads: the time-outs of a session, half a minute and more, are not waited for.
            await plane.LeaveAsync(StopReason.Shutdown, "the node goes", _limit.Token).WaitAsync(TimeSpan.FromSeconds(20), _limit.Token);
    }

    [Fact]
    [Trait("Scenario", "X01")]
    public void Stranger_WhoConnects_IsRefusedUnreadAndCounted()
    {
        KeptLog log = new();
        BgpPlane plane = Made(new BgpPlane(Sample.Node, false, static _ => { }, 1, log));
        for (int i = 1; i <= 100; i++)
            Assert.Null(((ITcpAcceptor)plane).Accept(new TcpEndpoint(IpAddr.Parse($"192.0.2.{i}"), 40000), default));
        Assert.Equal((100, 0), (plane.Refusals.Count(Refusal.Stranger), plane.Refusals.Count(Refusal.Full)));
        Assert.Contains("192.0.2.1", Assert.Single(log.Entries).Text, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Scenario", "S42")]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    [InlineData(null)]
    public async Task Identifier_OfANode_IsItsIPv4AddressElseANumberOfItsName(string? address)
    {
        uint first = await IdentifierAsync("node-1", address);
        uint again = await IdentifierAsync("node-1", address);
        uint other = await IdentifierAsync("node-2", address);
        Assert.NotEqual(0u, first);
        Assert.Equal(first, again);
        Assert.Equal(address == "192.0.2.7", first == 0xC0000207);
        Assert.Equal(address == "192.0.2.7", first == other);
    }

    private async Task<uint> IdentifierAsync(string node, string? address)
    {
        using PlayedRouter router = new();
        using BgpPlane plane = new(node, false, _reports.Enqueue, 1, new KeptLog());
        plane.Start();
        BgpKeeper keeper = new(plane, new ServiceEndpoints(), Sample.Options with { NodeName = node });
        Config.Bgp.BgpPeer peer = router.Peer("tor");
        Configuration configuration = new([], [], [], new HashSet<string>()) { BgpPeers = [peer], BgpPeersByClaim = [peer] };
        Node own = new() { Metadata = new() { Name = node }, Status = new() { Addresses = address is null ? [] : [new NodeAddress { Type = "InternalIP", Address = address }] } };
        keeper.Configure(configuration, own, [], Sample.At(0));
        Assert.Equal(MonoTime.Never, keeper.Settle(Sample.At(0)));
        (NetworkStream stream, _, uint identifier) = await router.OpenedAsync(_limit.Token);
        await stream.DisposeAsync();
        return identifier;
    }

    private static async Task<int> ReadUntilEndOfRibAsync(NetworkStream stream)
    {
        int updates = 0;
        while (await PlayedRouter.ReadAsync(stream, TestContext.Current.CancellationToken) is { } message && !(message.Type == MessageType.Update && message.Body.Length == 4))
            updates += message.Type == MessageType.Update ? 1 : 0;
        return updates;
    }

    private static RouteChange[] Changed(uint med) => [.. Prefixes.Select(p => new RouteChange(p, [new RouteVariant(PeerGroupSet.Of([0]), new RoutePolicy { Med = med })]))];

    private BgpPlane Plane()
    {
        BgpPlane plane = Made(new BgpPlane(Sample.Node, false, _reports.Enqueue, 1, new KeptLog()));
        plane.Start();
        return plane;
    }

    private T Made<T>(T one)
        where T : IDisposable
    {
        _made.Add(one);
        return one;
    }
}
