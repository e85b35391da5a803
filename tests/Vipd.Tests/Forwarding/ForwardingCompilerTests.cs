// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Forwarding;
using Scheduler = LoadBalancer.VipConfig.Scheduler;
using TransportProtocol = LoadBalancer.VipConfig.TransportProtocol;

namespace LoadBalancer.Vipd.Tests.Forwarding;

public sealed class ForwardingCompilerTests
{
    private readonly Dictionary<IpAddr, ServerHealth> _health = [];
    private bool _hasQuorum = true;
    private ImmutableArray<(NftFeature, string)> _missing = [];
    private Segments _segments = Segments.None;

    private static VirtualEndpoint Vip(string first, int port = 80, string? last = null) => new(IpAddr.Parse(first), IpAddr.Parse(last ?? first), port);

    private static RealServer Real(int last, int weight = 1) => new() { Address = IpAddr.Parse($"192.0.2.{last}"), Port = 8080, Weight = weight };

    private static VirtualServer Server(params RealServer[] servers) => new() { Name = "web", Endpoints = [Vip("203.0.113.1")], Servers = [.. servers] };

    private ForwardingPlan Compile(params VirtualServer[] servers) => Compile(new(_missing), servers);

    private ForwardingPlan Compile(ForwardingCompiler compiler, params VirtualServer[] servers) => compiler.Compile(
        servers, (server, index) => _health.GetValueOrDefault(server.Servers[index].Address, new(true, server.Servers[index].Weight)), _ => _hasQuorum, _segments);

    private ForwardService One(VirtualServer server) => Assert.Single(Compile(server).Services);

    [Fact]
    public void Servers_Up_AreEndpoints()
    {
        ForwardingPlan plan = Compile(Server(Real(1), Real(2) with { Port = 0 }));

        ForwardService service = Assert.Single(plan.Services);
        Assert.Equal(new ServiceKey(IpAddr.Parse("203.0.113.1"), LoadBalancer.Nftables.TransportProtocol.Tcp, 80), service.Key);
        Assert.Equal([new ForwardEndpoint(IpAddr.Parse("192.0.2.1"), 8080), new ForwardEndpoint(IpAddr.Parse("192.0.2.2"), 80)], service.Endpoints);
        Assert.Equal([service.Key], plan.Frontends["web"]);
        Assert.Empty(plan.Problems);
        Assert.Empty(plan.Failed);
    }

    [Fact]
    public void Server_Down_IsLeftOutAndItsConnectionsAreCut()
    {
        _health[IpAddr.Parse("192.0.2.1")] = new(false, 1);

        ForwardingPlan plan = Compile(Server(Real(1), Real(2)));

        Assert.Equal([IpAddr.Parse("192.0.2.2")], plan.Services[0].Endpoints.Select(static e => e.Address));
        Assert.Equal([new ForwardTarget(plan.Services[0].Key, IpAddr.Parse("192.0.2.1"), 8080)], plan.Failed);
    }

    [Fact]
    public void Server_DownThatDrains_StaysWithoutNewConnections()
    {
        _health[IpAddr.Parse("192.0.2.1")] = new(false, 1);

        ForwardingPlan plan = Compile(Server(Real(1) with { DrainOnFailure = true }, Real(2)));

        Assert.Equal([false, true], plan.Services[0].Endpoints.Select(static e => e.TakesNew));
        Assert.Empty(plan.Failed);
    }

    [Theory]
    [InlineData(Scheduler.Random, LoadBalancer.Nftables.Scheduler.Random, 30)]
    [InlineData(Scheduler.RoundRobin, LoadBalancer.Nftables.Scheduler.RoundRobin, 1)]
    [InlineData(Scheduler.WeightedRoundRobin, LoadBalancer.Nftables.Scheduler.RoundRobin, 30)]
    [InlineData(Scheduler.SourceHash, LoadBalancer.Nftables.Scheduler.SourceHash, 30)]
    [InlineData(Scheduler.ConsistentHash, LoadBalancer.Nftables.Scheduler.ConsistentHash, 30)]
    public void Scheduler_OfTheServer_IsTheTables(Scheduler scheduler, LoadBalancer.Nftables.Scheduler expected, int weight)
    {
        ForwardService service = One(Server(Real(1, 30), Real(2, 0)) with { Scheduler = scheduler });

        Assert.Equal(expected, service.Scheduler);
        Assert.Equal([weight, 0], service.Endpoints.Select(static e => e.Weight));
    }

    [Theory]
    [InlineData(ForwardingMethod.Nat, SourceAddressing.Preserve)]
    [InlineData(ForwardingMethod.Masquerade, SourceAddressing.Masquerade)]
    public void Method_Translating_IsItsSource(ForwardingMethod method, SourceAddressing expected) => Assert.Equal(expected, One(Server(Real(1)) with { Method = method }).Source);

    [Fact]
    public void Tunnel_IsRefusedWithWhatToDo()
    {
        ForwardingPlan plan = Compile(Server(Real(1)) with { Method = ForwardingMethod.Tunnel }, Server(Real(2)) with { Name = "other", Endpoints = [Vip("203.0.113.2")] });

        Assert.Contains("method tunnel", Assert.Single(plan.Problems["web"]), StringComparison.Ordinal);
        Assert.Contains("set directRouting", plan.Problems["web"][0], StringComparison.Ordinal);
        Assert.Equal("203.0.113.2", Assert.Single(plan.Services).Key.Vip.ToString());
    }

    [Fact]
    public void DirectRouting_KnowsWhereServersAre()
    {
        _segments = new(["eth0", "eth1"], [(IpAddr.Parse("192.0.2.200"), 25, "eth1"), (IpAddr.Parse("192.0.2.254"), 24, "eth0")]);
        VirtualServer server = Server(Real(1), Real(201), Real(200)) with { Method = ForwardingMethod.DirectRouting };
        server = server with { Servers = [.. server.Servers.Select(static real => real with { Port = 80 }), Real(2) with { Port = 8080 }, new() { Address = IpAddr.Parse("198.51.100.1"), Port = 80 }] };

        ForwardingPlan plan = Compile(server);

        Assert.Equal(["eth0", "eth1", null], plan.Services[0].Endpoints.Select(static e => e.Link));
        Assert.Equal(SourceAddressing.Direct, plan.Services[0].Source);
        Assert.Equal(["eth0", "eth1"], plan.Entrances);
        Assert.Equal(2, plan.Problems["web"].Length);
        Assert.StartsWith("servers[3].port is 8080, and direct routing leaves port 80", plan.Problems["web"][0], StringComparison.Ordinal);
        Assert.StartsWith("servers[4].address is 198.51.100.1, on no segment", plan.Problems["web"][1], StringComparison.Ordinal);
        // Of others nobody asks where they are.
        Assert.Empty(Compile(server with { Method = ForwardingMethod.Nat }).Entrances);
    }

    [Fact]
    public void DirectRouting_AnInterfaceChanges_IsCompiledAnew()
    {
        _segments = new(["eth0"], [(IpAddr.Parse("192.0.2.254"), 24, "eth0")]);
        VirtualServer server = Server(Real(1) with { Port = 80 }) with { Method = ForwardingMethod.DirectRouting };
        Assert.Equal("eth0", One(server).Endpoints[0].Link);

        _segments = new(["bond0"], [(IpAddr.Parse("192.0.2.254"), 24, "bond0")]);

        Assert.Equal("bond0", One(server).Endpoints[0].Link);
    }

    [Fact]
    public void DirectRouting_TheKernelCannot_SaysSo()
    {
        _missing = [(NftFeature.DirectRouting, "load nft_fwd_netdev")];

        Assert.Equal(["load nft_fwd_netdev"], Compile(Server(Real(1)) with { Method = ForwardingMethod.DirectRouting }).Problems["web"]);
    }

    [Fact]
    public void Method_OfOneServerDiffers_OnlyThatIsLeftOut()
    {
        ForwardingPlan plan = Compile(Server(Real(1), Real(2) with { Method = ForwardingMethod.DirectRouting }));

        Assert.Single(plan.Services[0].Endpoints);
        Assert.StartsWith("servers[1].method is directRouting", Assert.Single(plan.Problems["web"]), StringComparison.Ordinal);
    }

    [Fact]
    public void SorryServer_WithoutQuorum_GetsAllWhileConnectionsStay()
    {
        VirtualServer server = Server(Real(1)) with { SorryServer = Real(9) };
        Assert.True(One(server).Endpoints[0].TakesNew);
        _hasQuorum = false;

        ForwardService service = One(server);

        Assert.Equal("192.0.2.9", service.Sorry?.Address.ToString());
        Assert.All(service.Endpoints, static e => Assert.True(e.IsDraining));
        // Without one the servers that are left do what they can.
        Assert.True(One(server with { SorryServer = null }).Endpoints[0].TakesNew);
    }

    [Fact]
    public void SorryServer_OfAnotherMethod_IsLeftOutAndTheServersStay()
    {
        _hasQuorum = false;

        ForwardingPlan plan = Compile(Server(Real(1)) with { SorryServer = Real(9) with { Method = ForwardingMethod.Tunnel } });

        Assert.Null(plan.Services[0].Sorry);
        Assert.True(plan.Services[0].Endpoints[0].TakesNew);
        Assert.StartsWith("sorryServer.method is tunnel", Assert.Single(plan.Problems["web"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoints_RangeAndSeveral_AreAServiceEach()
    {
        ForwardingPlan plan = Compile(Server(Real(1)) with { Endpoints = [Vip("203.0.113.9", 80, "203.0.113.11"), Vip("203.0.113.1", 443), Vip("203.0.113.2", 0)] });

        Assert.Equal(["203.0.113.9:80", "203.0.113.10:80", "203.0.113.11:80", "203.0.113.1:443", "203.0.113.2:0"], plan.Services.Select(static s => $"{s.Key.Vip}:{s.Key.Port}"));
        Assert.Equal(5, plan.Frontends["web"].Length);
    }

    [Fact]
    public void Range_OfEverything_EndsWithAWord()
    {
        ForwardingPlan plan = Compile(Server(Real(1)) with { Endpoints = [Vip("203.0.113.0", 80, "255.255.255.255")] });

        Assert.Equal(ForwardingCompiler.MostAddresses, plan.Services.Length);
        Assert.Contains("spread them", Assert.Single(plan.Problems["web"]), StringComparison.Ordinal);
        Assert.Single(Compile(Server(Real(1)) with { Endpoints = [Vip("255.255.255.255")] }).Services);
    }

    [Fact]
    public void Endpoints_OfTwoServers_AreTheFirsts()
    {
        ForwardingPlan plan = Compile(Server(Real(1)), Server(Real(2)) with { Name = "other", Endpoints = [Vip("203.0.113.0", 80, "203.0.113.1")] });

        Assert.Equal(2, plan.Services.Length);
        Assert.Equal("192.0.2.1", plan.Services[0].Endpoints[0].Address.ToString());
        Assert.Contains("virtual server web's already", Assert.Single(plan.Problems["other"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Families_Mixed_EachGetsItsOwn()
    {
        RealServer six = new() { Address = IpAddr.Parse("2001:db8::1"), Port = 8080 };

        ForwardingPlan plan = Compile(Server(Real(1), six) with { Endpoints = [Vip("203.0.113.1"), Vip("2001:db8::100")] });

        Assert.Equal(["192.0.2.1", "2001:db8::1"], plan.Services.Select(static s => s.Endpoints.Single().Address.ToString()));
        Assert.Equal(2, plan.Problems["web"].Length);
    }

    [Fact]
    public void Persistence_IsTheServices()
    {
        ForwardService service = One(Server(Real(1)) with { Persistence = TimeSpan.FromMinutes(30), PersistencePrefix = 24 });

        Assert.Equal((TimeSpan.FromMinutes(30), 24), (service.Persistence, service.PersistencePrefix));
    }

    [Theory]
    [InlineData(NftFeature.Sctp, TransportProtocol.Sctp, Scheduler.Random, ForwardingMethod.Nat, true)]
    [InlineData(NftFeature.Sctp, TransportProtocol.Tcp, Scheduler.Random, ForwardingMethod.Nat, false)]
    [InlineData(NftFeature.Hash, TransportProtocol.Tcp, Scheduler.ConsistentHash, ForwardingMethod.Nat, true)]
    [InlineData(NftFeature.Hash, TransportProtocol.Tcp, Scheduler.Random, ForwardingMethod.Nat, false)]
    [InlineData(NftFeature.Numbers, TransportProtocol.Tcp, Scheduler.WeightedRoundRobin, ForwardingMethod.Nat, true)]
    [InlineData(NftFeature.Numbers, TransportProtocol.Tcp, Scheduler.SourceHash, ForwardingMethod.Nat, false)]
    [InlineData(NftFeature.Masquerade, TransportProtocol.Tcp, Scheduler.Random, ForwardingMethod.Masquerade, true)]
    [InlineData(NftFeature.Masquerade, TransportProtocol.Tcp, Scheduler.Random, ForwardingMethod.Nat, false)]
    public void Kernel_LacksSomething_OnlyWhoNeedsItIsRefused(NftFeature feature, TransportProtocol protocol, Scheduler scheduler, ForwardingMethod method, bool isRefused)
    {
        _missing = [(feature, "load the module")];

        ForwardingPlan plan = Compile(Server(Real(1), Real(2)) with { Protocol = protocol, Scheduler = scheduler, Method = method });

        Assert.Equal(isRefused, plan.Services.IsEmpty);
        Assert.Equal(isRefused ? ["load the module"] : [], plan.Problems.GetValueOrDefault("web", []));
    }

    [Fact]
    public void Wishes_ThatNftablesHasNot_AreNamedAndTheRestIsDone()
    {
        ForwardingPlan plan = Compile(Server(Real(1) with { MaxConnections = 10 }) with { Protocol = TransportProtocol.Udp, OnePacket = true });

        Assert.Single(plan.Services);
        Assert.Equal(2, plan.Problems["web"].Length);
        Assert.StartsWith("onePacket has no effect", plan.Problems["web"][0], StringComparison.Ordinal);
        Assert.StartsWith("servers[0].maxConnections", plan.Problems["web"][1], StringComparison.Ordinal);
    }

    [Fact]
    public void Service_ThatCannotBe_IsLeftOutWithItsReason()
    {
        ForwardingPlan plan = Compile(Server(Real(1) with { Port = 0 }, Real(1) with { Port = 80 }));

        Assert.Empty(plan.Services);
        Assert.Contains("given twice", Assert.Single(plan.Problems["web"]), StringComparison.Ordinal);
        Assert.Empty(plan.Frontends["web"]);
    }

    [Fact]
    public void CompiledAgain_OneOfAThousandChanges_ThatOneAloneIsCompiled()
    {
        ForwardingCompiler compiler = new(_missing);
        VirtualServer[] servers = [.. Enumerable.Range(0, 1000).Select(static i => Server(Real(1 + (i % 9)), Real(20)) with { Name = $"s{i}", Endpoints = [Vip("203.0.113.1", 1 + i)] })];
        ForwardingPlan first = Compile(compiler, servers);
        Assert.Equal(1000, compiler.Compilations);

        servers[500] = servers[500] with { Servers = [Real(30)] };
        ForwardingPlan next = Compile(compiler, servers);
        Assert.Equal(1001, compiler.Compilations);
        Assert.Equal([500], Enumerable.Range(0, 1000).Where(i => !ReferenceEquals(first.Services[i], next.Services[i])));
        Assert.Equal(Compile(servers).Services, next.Services);

        // Health is part of it, and so is the quorum where there is a server for want of it.
        _health[IpAddr.Parse("192.0.2.30")] = new(false, 1);
        next = Compile(compiler, servers);
        Assert.Equal(1002, compiler.Compilations);
        Assert.Equal(Compile(servers).Services, next.Services);
        Assert.Single(next.Failed);
        _hasQuorum = false;
        Compile(compiler, servers);
        Assert.Equal(2002, compiler.Compilations);
    }

    [Fact]
    public void CompiledAgain_EndpointIsFreed_TheOtherThatAskedForItHasIt()
    {
        ForwardingCompiler compiler = new(_missing);
        VirtualServer second = Server(Real(2)) with { Name = "other" };
        Assert.Empty(Compile(compiler, Server(Real(1)), second).Frontends["other"]);
        ForwardingPlan plan = Compile(compiler, second);
        Assert.Single(plan.Frontends["other"]);
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void CompiledAgain_Often_IsAsIfForTheFirstTime()
    {
        Random random = new(7);
        ForwardingCompiler compiler = new(_missing);
        List<VirtualServer> servers = [.. Enumerable.Range(0, 8).Select(i => Any(i))];
        for (int round = 0; round < 500; round++)
        {
            int which = random.Next(servers.Count);
            servers[which] = random.Next(3) == 0 ? servers[which] : Any(which);
            _health[IpAddr.Parse($"192.0.2.{1 + random.Next(4)}")] = new(random.Next(2) == 0, 1 + random.Next(3));
            _hasQuorum = random.Next(4) > 0;
            if (random.Next(5) == 0)
            {
                servers.Reverse();
            }

            ForwardingPlan again = Compile(compiler, [.. servers]);
            ForwardingPlan fresh = Compile([.. servers]);
            Assert.Equal(fresh.Services, again.Services);
            Assert.Equal(fresh.Problems, again.Problems);
            Assert.Equal(fresh.Frontends, again.Frontends);
            Assert.True(fresh.Failed.SetEquals(again.Failed));
        }

        VirtualServer Any(int i) => Server([.. Enumerable.Range(1, 1 + random.Next(4)).Select(static n => Real(n))]) with
        {
            Name = $"s{i}",
            Endpoints = [Vip("203.0.113.1", 1 + random.Next(6)), Vip("203.0.113.2", 100 + i)],
            SorryServer = random.Next(2) == 0 ? Real(99) : null,
        };
    }
}
