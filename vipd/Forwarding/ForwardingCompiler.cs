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
/// where the address is not held nothing is addressed to it but what this node itself sends there.
/// </summary>
/// <param name="health">The health of a server of a virtual server, by its place in the list.</param>
/// <param name="hasQuorum">Whether a virtual server has its quorum.</param>
/// <param name="missing">What the kernel lacks.</param>
internal sealed class ForwardingCompiler(
    Func<VirtualServer, int, ServerHealth> health, Func<VirtualServer, bool> hasQuorum, ImmutableArray<(NftFeature Feature, string Remedy)> missing)
{
    /// <summary>The most addresses a virtual server may have: each of them is a service of its own.</summary>
    public const int MostAddresses = 256;

    private readonly List<ForwardService> _services = [];
    private readonly Dictionary<ServiceKey, string> _taken = [];
    private readonly ImmutableHashSet<ForwardTarget>.Builder _failed = ImmutableHashSet.CreateBuilder<ForwardTarget>();

    public ForwardingPlan Compile(IEnumerable<VirtualServer> servers)
    {
        var problems = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        var frontends = ImmutableDictionary.CreateBuilder<string, ImmutableArray<ServiceKey>>(StringComparer.Ordinal);
        foreach (VirtualServer server in servers)
        {
            List<string> told = [];
            List<ServiceKey> keys = [];
            if (Hindrance(server) is { } hindrance)
            {
                told.Add(hindrance);
            }
            else
            {
                TellLimits(server, told);
                foreach (ServiceKey key in Keys(server, told))
                {
                    Add(server, key, keys, told);
                }
            }

            if (told.Count > 0)
            {
                problems[server.Name] = [.. told.Distinct(StringComparer.Ordinal)];
            }

            frontends[server.Name] = [.. keys];
        }

        return new() { Services = [.. _services], Problems = problems.ToImmutable(), Frontends = frontends.ToImmutable(), Failed = _failed.ToImmutable() };
    }

    // Why nothing of a virtual server can be forwarded.
    private string? Hindrance(VirtualServer server) =>
        server.Method is ForwardingMethod.DirectRouting or ForwardingMethod.Tunnel
            ? $"method {Word(server.Method)} is none that nftables has: set nat, where the servers answer through this node, or masquerade; nothing is forwarded"
            : Missing(server.Protocol == TransportProtocol.Sctp, NftFeature.Sctp)
            ?? Missing(server.Method == ForwardingMethod.Masquerade, NftFeature.Masquerade)
            ?? Missing(server.Scheduler is Scheduler.SourceHash or Scheduler.ConsistentHash && server.Servers.Count > 1, NftFeature.Hash)
            ?? Missing(server.Scheduler is Scheduler.Random or Scheduler.RoundRobin or Scheduler.WeightedRoundRobin && server.Servers.Count > 1, NftFeature.Numbers);

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

    private void Add(VirtualServer server, ServiceKey key, List<ServiceKey> keys, List<string> told)
    {
        if (_taken.TryGetValue(key, out string? other))
        {
            told.Add($"endpoint {key.Vip} port {key.Port} is virtual server {other}'s already: remove it from one of them");
            return;
        }

        ForwardService service = Service(server, key, told);
        if (service.Problem() is { } problem)
        {
            told.Add(problem);
            return;
        }

        _taken.Add(key, server.Name);
        _services.Add(service);
        keys.Add(key);
    }

    private ForwardService Service(VirtualServer server, ServiceKey key, List<string> told)
    {
        bool isSorry = Sorry(server) is { } instead && instead.Address.Family == key.Vip.Family && !hasQuorum(server);
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

            ServerHealth state = health(server, i);
            if (!state.IsUp && !real.DrainOnFailure)
            {
                _failed.Add(new(key, endpoint.Address, endpoint.Port));
                continue;
            }

            int weight = server.Scheduler == Scheduler.RoundRobin ? Math.Min(state.Weight, 1) : state.Weight;
            endpoints.Add(endpoint with { Weight = weight, IsDraining = !state.IsUp || isSorry });
        }

        return new(key)
        {
            Endpoints = [.. endpoints],
            Sorry = Sorry(server) is { } sorry && sorry.Address.Family == key.Vip.Family ? Endpoint(sorry, key) : null,
            Scheduler = Map(server.Scheduler),
            Source = server.Method == ForwardingMethod.Masquerade ? SourceAddressing.Masquerade : SourceAddressing.Preserve,
            Persistence = server.Persistence,
            PersistencePrefix = server.PersistencePrefix,
        };
    }

    private static RealServer? Sorry(VirtualServer server) => (server.SorryServer?.Method ?? server.Method) == server.Method ? server.SorryServer : null;

    private static ForwardEndpoint Endpoint(RealServer real, ServiceKey key) => new(real.Address, real.Port == 0 ? key.Port : (ushort)real.Port);

    private static Nftables.TransportProtocol Protocol(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => Nftables.TransportProtocol.Tcp,
        TransportProtocol.Udp => Nftables.TransportProtocol.Udp,
        TransportProtocol.Sctp => Nftables.TransportProtocol.Sctp,
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
