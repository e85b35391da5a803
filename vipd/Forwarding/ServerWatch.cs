// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>A server of a virtual server with its checks, and what was told of it last.</summary>
internal sealed class ServerWatch(RealServer server)
{
    public RealServer Server { get; private set; } = server;

    public ImmutableArray<CheckSlot> Slots { get; private set; } = [];

    /// <summary>Whether hooks and the log were told that it is up; null before they were told anything.</summary>
    public bool? ToldUp { get; set; }

    public ServerHealth Health => ServerHealth.Of(Server, Slots.Select(static s => s.Verdict));

    /// <summary>
    /// Takes the configuration over. A check that is the same goes on; one that differs begins with the verdict of the one in its
    /// place, so that a reload takes no server out. Returns those that are to be stopped.
    /// </summary>
    public IEnumerable<CheckSlot> Change(RealServer server, VirtualServer owner)
    {
        Server = server;
        List<CheckSlot> left = [.. Slots];
        CheckSlot?[] next = new CheckSlot?[server.Checks.Count];
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = left.Find(s => s.Check == server.Checks[i]);
            if (next[i] is { } same)
            {
                left.Remove(same);
            }
        }

        for (int i = 0; i < next.Length; i++)
        {
            next[i] ??= new(server.Checks[i], i < Slots.Length ? Slots[i].Verdict : new(!(server.Checks[i].StartDown ?? owner.StartDown), "not asked yet"));
        }

        Slots = [.. next.OfType<CheckSlot>()];
        return left;
    }
}

/// <summary>A virtual server with its servers.</summary>
internal sealed class VirtualServerWatch(VirtualServer server)
{
    public Quorum Quorum;

    private bool _isMade;

    public VirtualServer Server { get; private set; } = server;

    public ImmutableArray<ServerWatch> Servers { get; private set; } = [];

    /// <summary>The weight that is up.</summary>
    public long LiveWeight => Servers.Sum(static s => (long)s.Health.LiveWeight);

    /// <summary>Takes the configuration over; returns checks that are to be stopped.</summary>
    public IReadOnlyList<CheckSlot> Change(VirtualServer server)
    {
        if (_isMade && ReferenceEquals(server, Server))
        {
            return [];
        }

        _isMade = true;
        Server = server;
        List<CheckSlot> over = [];
        Dictionary<(IpAddr, int), ServerWatch> known = Servers.ToDictionary(static s => (s.Server.Address, s.Server.Port));
        List<ServerWatch> next = [];
        foreach (RealServer real in server.Servers)
        {
            ServerWatch watch = known.Remove((real.Address, real.Port), out ServerWatch? same) ? same : new(real);
            over.AddRange(watch.Change(real, server));
            next.Add(watch);
        }

        over.AddRange(known.Values.SelectMany(static s => s.Slots));
        Servers = [.. next];
        return over;
    }

    /// <summary>Whether one of its addresses is among those.</summary>
    public bool IsAmong(IReadOnlySet<IpAddr> held)
    {
        foreach (IpAddr address in held)
        {
            foreach (VirtualEndpoint endpoint in Server.Endpoints)
            {
                if (address.Family == endpoint.First.Family && address >= endpoint.First && address <= endpoint.Last)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The port that a check of a server asks at, unless it names another.</summary>
    public int PortOf(RealServer real) => real.Port != 0 || Server.Endpoints.Count == 0 ? real.Port : Server.Endpoints[0].Port;
}
