// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using Scheduler = LoadBalancer.VipConfig.Scheduler;
using TransportProtocol = LoadBalancer.VipConfig.TransportProtocol;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>
/// Makes services of virtual servers and the health of their servers; touches nothing. Services are the same on all nodes, whether
/// they hold the address or not, as keepalived has it with IPVS: who takes an address over forwards with its first packet, and
/// where the address is not held nothing is addressed to it but what this node itself sends there. A virtual server that is the
/// same object as the last time, with servers in the same health, is not compiled again: of a thousand one changes.
/// </summary>
/// <param name="missing">What the kernel lacks.</param>
internal sealed class ForwardingCompiler(ImmutableArray<(NftFeature Feature, string Remedy)> missing)
{
    /// <summary>The most addresses a virtual server may have: each of them is a service of its own.</summary>
    public const int MostAddresses = 256;

    private Dictionary<string, CompiledServer> _known = new(StringComparer.Ordinal);

    /// <summary>How many virtual servers were compiled because they were not known as they are.</summary>
    public long Compilations { get; private set; }

    /// <param name="servers">The virtual servers, each name once.</param>
    /// <param name="health">The health of a server of a virtual server, by its place in the list.</param>
    /// <param name="hasQuorum">Whether a virtual server has its quorum.</param>
    /// <param name="segments">Where this node's interfaces are.</param>
    public ForwardingPlan Compile(
        IReadOnlyCollection<VirtualServer> servers, Func<VirtualServer, int, ServerHealth> health, Func<VirtualServer, bool> hasQuorum, Segments segments)
    {
        Dictionary<string, CompiledServer> next = new(servers.Count, StringComparer.Ordinal);
        var services = ImmutableArray.CreateBuilder<ForwardService>(servers.Count);
        Dictionary<ServiceKey, string> taken = new(servers.Count);
        Dictionary<string, ImmutableArray<string>> problems = new(StringComparer.Ordinal);
        Dictionary<string, ImmutableArray<ServiceKey>> frontends = new(servers.Count, StringComparer.Ordinal);
        HashSet<ForwardTarget> failed = [];
        foreach (VirtualServer server in servers)
        {
            CompiledServer compiled = Compiled(server, health, hasQuorum(server), IsDirect(server) ? segments : Segments.None);
            next[server.Name] = compiled;
            List<string> told = [.. compiled.Problems];
            var keys = ImmutableArray.CreateBuilder<ServiceKey>(compiled.Frontends.Length);
            foreach (CompiledFrontend frontend in compiled.Frontends)
            {
                if (taken.TryGetValue(frontend.Key, out string? other))
                {
                    told.Add($"endpoint {frontend.Key.Vip} port {frontend.Key.Port} is virtual server {other}'s already: remove it from one of them");
                    continue;
                }

                told.AddRange(frontend.Problems);
                failed.UnionWith(frontend.Failed);
                if (frontend.Service is { } service)
                {
                    taken.Add(frontend.Key, server.Name);
                    services.Add(service);
                    keys.Add(frontend.Key);
                }
            }

            if (told.Count > 0)
            {
                problems[server.Name] = [.. told.Distinct(StringComparer.Ordinal)];
            }

            frontends[server.Name] = keys.DrainToImmutable();
        }

        _known = next;
        return new()
        {
            Services = services.DrainToImmutable(),
            Entrances = servers.Any(IsDirect) ? segments.Entrances : [],
            Problems = problems,
            Frontends = frontends,
            Failed = failed,
        };
    }

    private CompiledServer Compiled(VirtualServer server, Func<VirtualServer, int, ServerHealth> health, bool hasQuorum, Segments segments)
    {
        bool isKnown = _known.TryGetValue(server.Name, out CompiledServer? known) && ReferenceEquals(known.Server, server) && known.HasQuorum == hasQuorum
            && known.Segments == segments;
        for (int i = 0; isKnown && i < server.Servers.Count; i++)
        {
            isKnown = known!.Health[i] == health(server, i);
        }

        if (isKnown)
        {
            return known!;
        }

        Compilations++;
        CompiledServer compiled = new(server, [.. Enumerable.Range(0, server.Servers.Count).Select(i => health(server, i))], hasQuorum, segments);
        if (Hindrance(server) is { } hindrance)
        {
            return compiled with { Problems = [hindrance] };
        }

        List<string> told = [];
        TellLimits(server, told);
        ImmutableArray<CompiledFrontend> frontends = [.. Keys(server, told).Select(key => Frontend(compiled, key))];
        return compiled with { Problems = [.. told], Frontends = frontends };
    }

    // Why nothing of a virtual server can be forwarded.
    private string? Hindrance(VirtualServer server) =>
        server.Method == ForwardingMethod.Tunnel
            ? "method tunnel is none that nftables has: set directRouting, where servers are on a segment of this node and hold the address, nat, where they answer through this node, or masquerade; nothing is forwarded"
            : Missing(IsDirect(server), NftFeature.DirectRouting)
            ?? Missing(server.Protocol == TransportProtocol.Sctp, NftFeature.Sctp)
            ?? Missing(server.Method == ForwardingMethod.Masquerade, NftFeature.Masquerade)
            ?? Missing(server.Scheduler is Scheduler.SourceHash or Scheduler.ConsistentHash && server.Servers.Count > 1, NftFeature.Hash)
            ?? Missing(server.Scheduler is Scheduler.Random or Scheduler.RoundRobin or Scheduler.WeightedRoundRobin && server.Servers.Count > 1, NftFeature.Numbers);

    private static bool IsDirect(VirtualServer server) => server.Method == ForwardingMethod.DirectRouting;

    private string? Missing(bool isNeeded, NftFeature feature)
    {
        foreach ((NftFeature lacking, string remedy) in missing)
        {
            if (isNeeded && lacking == feature)
            {
                return remedy;
            }
        }

        return null;
    }

    // What is forwarded all the same, but not quite as asked.
    private static void TellLimits(VirtualServer server, List<string> told)
    {
        if (server.OnePacket && server.Protocol == TransportProtocol.Udp)
        {
            told.Add("onePacket has no effect: nftables places datagrams of one client port together until they pause for half a minute; remove it");
        }

        if (server.SorryServer is not null && Sorry(server) is null)
        {
            told.Add($"sorryServer.method is {Word(server.SorryServer.Method ?? server.Method)} and the servers' {Word(server.Method)}, and it is left out: remove its method");
        }

        for (int i = 0; i < server.Servers.Count; i++)
        {
            RealServer real = server.Servers[i];
            if ((real.Method ?? server.Method) != server.Method)
            {
                told.Add($"servers[{i}].method is {Word(real.Method ?? server.Method)} and the others' {Word(server.Method)}, and the server is left out: give it a virtual server of its own");
            }

            if (real.MaxConnections is not null || real.MinConnections is not null)
            {
                told.Add($"servers[{i}].maxConnections and minConnections have no effect, since nftables does not count connections by server: remove them, or limit connections at the server");
            }
        }
    }

    private static IEnumerable<ServiceKey> Keys(VirtualServer server, List<string> told)
    {
        int addresses = 0;
        foreach (VirtualEndpoint endpoint in server.Endpoints)
        {
            for (IpAddr vip = endpoint.First; ;)
            {
                if (++addresses > MostAddresses)
                {
                    told.Add($"endpoints are more than {MostAddresses} addresses, and those from {vip} on are left out: spread them over several virtual servers");
                    yield break;
                }

                yield return new(vip, Protocol(server.Protocol), (ushort)endpoint.Port);
                if (vip >= endpoint.Last || !vip.TryAdd(UInt128.One, out vip))
                {
                    break;
                }
            }
        }
    }

    private static CompiledFrontend Frontend(CompiledServer compiled, ServiceKey key)
    {
        List<string> told = [];
        List<ForwardTarget> failed = [];
        ForwardService? service = Service(compiled, key, told, failed);
        if (service.Problem() is { } problem)
        {
            told.Add(problem);
            service = null;
        }

        return new(key, service, [.. told], [.. failed]);
    }

    private static ForwardService Service(CompiledServer compiled, ServiceKey key, List<string> told, List<ForwardTarget> failed)
    {
        VirtualServer server = compiled.Server;
        bool isSorry = Sorry(server) is { } instead && instead.Address.Family == key.Vip.Family && !compiled.HasQuorum;
        List<ForwardEndpoint> endpoints = [];
        for (int i = 0; i < server.Servers.Count; i++)
        {
            RealServer real = server.Servers[i];
            ForwardEndpoint endpoint = Endpoint(real, key);
            if ((real.Method ?? server.Method) != server.Method)
            {
                continue;
            }

            if (real.Address.Family != key.Vip.Family)
            {
                told.Add($"servers[{i}].address is {real.Address}, of the other family than {key.Vip}, and is left out there: give each family a virtual server of its own");
                continue;
            }

            if (!TryPlace(ref endpoint, key, compiled, $"servers[{i}].", told))
            {
                continue;
            }

            ServerHealth state = compiled.Health[i];
            if (!state.IsUp && !real.DrainOnFailure)
            {
                failed.Add(new(key, endpoint.Address, endpoint.Port));
                continue;
            }

            int weight = server.Scheduler == Scheduler.RoundRobin ? Math.Min(state.Weight, 1) : state.Weight;
            endpoints.Add(endpoint with { Weight = weight, IsDraining = !state.IsUp || isSorry });
        }

        return new(key)
        {
            Endpoints = [.. endpoints],
            Sorry = SorryEndpoint(compiled, key, told),
            Scheduler = Map(server.Scheduler),
            Source = Source(server.Method),
            Persistence = server.Persistence,
            PersistencePrefix = server.PersistencePrefix,
        };
    }

    private static RealServer? Sorry(VirtualServer server) => (server.SorryServer?.Method ?? server.Method) == server.Method ? server.SorryServer : null;

    private static ForwardEndpoint? SorryEndpoint(CompiledServer compiled, ServiceKey key, List<string> told)
    {
        if (Sorry(compiled.Server) is not { } sorry || sorry.Address.Family != key.Vip.Family)
        {
            return null;
        }

        ForwardEndpoint endpoint = Endpoint(sorry, key);
        return TryPlace(ref endpoint, key, compiled, "sorryServer.", told) ? endpoint : null;
    }

    // Direct routing changes the hardware address alone, and that is known only of neighbours.
    private static bool TryPlace(ref ForwardEndpoint endpoint, ServiceKey key, CompiledServer compiled, string field, List<string> told)
    {
        if (!IsDirect(compiled.Server))
        {
            return true;
        }

        if (!compiled.Segments.TryFind(endpoint.Address, out string? link))
        {
            told.Add($"{field}address is {endpoint.Address}, on no segment of this node, and direct routing reaches neighbours only; the server is left out: give an address of it in a network of this node, or use nat or masquerade");
            return false;
        }

        if (key.Port != 0 && endpoint.Port != key.Port)
        {
            told.Add($"{field}port is {endpoint.Port}, and direct routing leaves port {key.Port} of the packets as it is; the server is left out: let it listen on {key.Port}, or use nat or masquerade");
            return false;
        }

        endpoint = endpoint with { Link = link };
        return true;
    }

    private static ForwardEndpoint Endpoint(RealServer real, ServiceKey key) => new(real.Address, real.Port == 0 ? key.Port : (ushort)real.Port);

    private static Nftables.TransportProtocol Protocol(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => Nftables.TransportProtocol.Tcp,
        TransportProtocol.Udp => Nftables.TransportProtocol.Udp,
        TransportProtocol.Sctp => Nftables.TransportProtocol.Sctp,
        _ => throw new UnreachableException(),
    };

    private static SourceAddressing Source(ForwardingMethod method) => method switch
    {
        ForwardingMethod.Nat => SourceAddressing.Preserve,
        ForwardingMethod.Masquerade => SourceAddressing.Masquerade,
        ForwardingMethod.DirectRouting => SourceAddressing.Direct,
        ForwardingMethod.Tunnel => throw new UnreachableException(),
        _ => throw new UnreachableException(),
    };

    private static Nftables.Scheduler Map(Scheduler scheduler) => scheduler switch
    {
        Scheduler.Random => Nftables.Scheduler.Random,
        Scheduler.RoundRobin or Scheduler.WeightedRoundRobin => Nftables.Scheduler.RoundRobin,
        Scheduler.SourceHash => Nftables.Scheduler.SourceHash,
        Scheduler.ConsistentHash => Nftables.Scheduler.ConsistentHash,
        _ => throw new UnreachableException(),
    };

    private static string Word(ForwardingMethod method) => method switch
    {
        ForwardingMethod.Nat => "nat",
        ForwardingMethod.Masquerade => "masquerade",
        ForwardingMethod.DirectRouting => "directRouting",
        ForwardingMethod.Tunnel => "tunnel",
        _ => throw new UnreachableException(),
    };
}
