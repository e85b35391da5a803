// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Nftables;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>What the loop has published: read by the status and metrics, from any thread.</summary>
internal sealed record ForwardingView
{
    public bool IsActive { get; init; } = true;
    public ImmutableArray<string> Problems { get; init; } = [];
    public ImmutableArray<string> Notes { get; init; } = [];
    public long Transactions { get; init; }
    public long Cuts { get; init; }
    public IReadOnlyDictionary<string, CounterValue> Counters { get; init; } = ImmutableDictionary<string, CounterValue>.Empty;
    public ForwardingPlan Plan { get; init; } = ForwardingPlan.Empty;
    public ImmutableArray<VirtualServerView> Servers { get; init; } = [];

    public ForwardingStatus Status() => new(IsActive, Problems, Notes, Transactions, [.. Servers.Select(Status)]);

    private VirtualServerStatus Status(VirtualServerView view)
    {
        ImmutableArray<ServiceKey> keys = Plan.Frontends.GetValueOrDefault(view.Server.Name, []);
        return new(
            view.Server.Name,
            view.IsHeld,
            view.HasQuorum,
            view.Servers.Sum(static s => (long)s.Health.LiveWeight),
            view.Server.SorryServer is not null && !view.HasQuorum,
            Plan.Problems.GetValueOrDefault(view.Server.Name, []),
            [.. keys.Select(Status)],
            [.. view.Servers.Select(s => Status(s, keys))]);
    }

    private FrontendStatus Status(ServiceKey key)
    {
        CounterValue traffic = Counter(ForwardTable.TrafficOf(key));
        return new(
            key.Vip.ToString(),
            key.Port,
            key.Protocol.ToString().ToLowerInvariant(),
            Counter(ForwardTable.ConnectionsOf(key)).Packets,
            Counter(ForwardTable.RefusalsOf(key)).Packets,
            traffic.Packets,
            traffic.Bytes);
    }

    private RealServerStatus Status(ServerView view, ImmutableArray<ServiceKey> keys)
    {
        (ulong connections, ulong packets, ulong octets) = (0, 0, 0);
        foreach (ServiceKey key in keys)
        {
            ForwardEndpoint endpoint = new(view.Server.Address, view.Server.Port == 0 ? key.Port : (ushort)view.Server.Port);
            CounterValue traffic = Counter(ForwardTable.TrafficOf(key, endpoint));
            connections += Counter(ForwardTable.ConnectionsOf(key, endpoint)).Packets;
            (packets, octets) = (packets + traffic.Packets, octets + traffic.Bytes);
        }

        return new(view.Server.Address.ToString(), view.Server.Port, view.Health.IsUp, view.Health.Weight, connections, packets, octets, [.. view.Slots.Select(static s => s.Status)]);
    }

    private CounterValue Counter(string name) => Counters.GetValueOrDefault(name);
}

/// <summary>A virtual server as it was last judged.</summary>
internal sealed record VirtualServerView(VirtualServer Server, bool IsHeld, bool HasQuorum, ImmutableArray<ServerView> Servers);

/// <summary>A server as it was last judged; its checks go on.</summary>
internal sealed record ServerView(RealServer Server, ServerHealth Health, ImmutableArray<CheckSlot> Slots);
