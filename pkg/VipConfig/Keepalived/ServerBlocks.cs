// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>A virtual_server while it is read.</summary>
internal sealed record ServerDraft(VirtualServer Server, CheckDefaults Checks)
{
    public bool Drain { get; init; }
    public bool HasProtocol { get; init; }
}

/// <summary>A real_server while it is read.</summary>
internal sealed record RealDraft(RealServer Server, CheckDefaults Checks);

/// <summary>virtual_server_group, virtual_server and real_server.</summary>
internal static class ServerBlocks
{
    private const string Flags = "is left out: the hash is over the client's address, and a server that is down is passed over";

    private static readonly BlockTable<RealDraft> Real = RealTable();

    private static readonly BlockTable<ServerDraft> Virtual = new BlockTable<ServerDraft>("virtual_server")
        .AddTimes(d => d.Checks, (d, t) => d with { Checks = t })
        .Take("lb_algo", "scheduler", Scheduling)
        .Take("lvs_sched", "scheduler", Scheduling)
        .Take("lb_kind", "method", (d, e) => d.With(s => s with { Method = Method(e) ?? s.Method }))
        .Take("lvs_method", "method", (d, e) => d.With(s => s with { Method = Method(e) ?? s.Method }))
        .Take("protocol", "protocol", (d, e) => d.With(s => s with { Protocol = Protocol(e) }) with { HasProtocol = true })
        .Take("persistence_timeout", "persistence", (d, e) => d.With(s => s with { Persistence = e.Words.Count == 0 ? TimeSpan.FromMinutes(6) : e.Seconds(2_678_400, s.Persistence) }))
        .Take("persistence_granularity", "persistencePrefix", (d, e) => d.With(s => s with { PersistencePrefix = Granularity(e) }))
        .Take("ops", "onePacket", (d, _) => d.With(s => s with { OnePacket = true }))
        .Take("quorum", "quorum", (d, e) => d.With(s => s with { Quorum = e.Number(0, int.MaxValue, s.Quorum) }))
        .Take("hysteresis", "hysteresis", (d, e) => d.With(s => s with { Hysteresis = e.Number(0, int.MaxValue, s.Hysteresis) }))
        .Take("quorum_up", "quorumUp", (d, e) => d.With(s => s with { QuorumUp = e.Command(), User = User(e, s.User) }))
        .Take("quorum_down", "quorumDown", (d, e) => d.With(s => s with { QuorumDown = e.Command(), User = User(e, s.User) }))
        .Take("alpha", "startDown", (d, e) => d.With(s => s with { StartDown = e.Flag() }))
        .Take("omega", "notifyOnStop", (d, e) => d.With(s => s with { NotifyOnStop = e.Flag() }))
        .Take("ha_suspend", "suspendWithoutAddress", (d, e) => d.With(s => s with { SuspendWithoutAddress = e.Flag() }))
        .Take("inhibit_on_failure", "", (d, e) => d with { Drain = e.Flag() })
        .Take("virtualhost", "", (d, e) => d with { Checks = d.Checks with { Host = e.Text() } })
        .Take("sorry_server", "sorryServer", (d, e) => d.With(s => s with { SorryServer = Target(e, s.SorryServer ?? new()) }))
        .Take("sorry_server_inhibit", "sorryServer", (d, e) => d.With(s => s with { SorryServer = (s.SorryServer ?? new()) with { DrainOnFailure = e.Flag() } }))
        .Take("sorry_server_lvs_method", "sorryServer", (d, e) => d.With(s => s with { SorryServer = (s.SorryServer ?? new()) with { Method = Method(e) } }))
        .Take("real_server", "servers", AddServer, repeats: true)
        .Leave(Flags, "hashed", "flag-1", "flag-2", "flag-3", "sh-port", "sh-fallback", "mh-port", "mh-fallback")
        .Leave("is left out: the family follows from the addresses", "ip_family")
        .Leave("is left out: persistence is by the client's address", "persistence_engine")
        .Leave("is left out: no mail is sent; use quorum_up and quorum_down programs, or alerts on metrics", "smtp_alert")
        .Leave("is left out: there is no SNMP; metrics carry the server's name", "snmp_name")
        .Leave("is left out: give each real_server its weight", "weight");

    public static VirtualServer Read(Entry entry, string name, ValueList<VirtualEndpoint> endpoints)
    {
        // What a server says for the servers in it counts wherever it stands, so those are read last.
        List<Statement> ordered = [];
        foreach (Statement statement in entry.Block())
            if (statement.Keyword != "real_server")
                ordered.Add(statement);
        foreach (Statement statement in entry.Statement.Block ?? [])
            if (statement.Keyword == "real_server")
                ordered.Add(statement);
        VirtualServer start = new() { Name = name, Endpoints = endpoints, Scheduler = Scheduler.WeightedRoundRobin };
        ServerDraft draft = Virtual.Read(ordered, new(start, new()), entry.Path, entry.Problems);
        if (draft.HasProtocol)
            return draft.Server;
        entry.Warn($"{name} has no protocol, and keepalived takes UDP then: add protocol TCP or protocol UDP");
        return draft.Server with { Protocol = TransportProtocol.Udp };
    }

    /// <summary>Addresses with a port, ranges with a port; firewall marks are refused.</summary>
    public static ValueList<VirtualEndpoint> Group(Entry entry)
    {
        List<VirtualEndpoint> endpoints = [];
        foreach (Statement statement in entry.Block())
        {
            Entry line = entry.At(statement, endpoints.Count);
            if (line.Keyword == "fwmark")
                line.Refuse("selects by firewall mark, which is IPVS's: list the addresses and ports the mark stands for");
            else if (TryRange(line.Keyword, out IpAddr first, out IpAddr last))
                endpoints.Add(new(first, last, line.Words.Count > 0 ? line.Number(1, 65535, 0) : 0));
            else
                line.Refuse("is no address: write 192.0.2.100 80, a range such as 192.0.2.100-110 80, or a network such as 192.0.2.96/28 80");
        }

        return [.. endpoints];
    }

    private static bool TryRange(string text, out IpAddr first, out IpAddr last)
    {
        last = default;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (text.Contains('/', StringComparison.Ordinal))
        {
            bool read = IpPrefix.TryParse(text, out IpPrefix prefix);
            (first, last) = (prefix.Address, read ? prefix.Last : default);
            return read;
        }

        if (dash < 0)
        {
            bool read = IpAddr.TryParse(text, out first);
            last = first;
            return read;
        }

        // The end may be the last part of the address alone: 192.0.2.100-110.
        string end = text[(dash + 1)..];
        int part = text.AsSpan(0, dash).LastIndexOfAny('.', ':') + 1;
        return IpAddr.TryParse(text.AsSpan(0, dash), out first)
            && (IpAddr.TryParse(end, out last) || IpAddr.TryParse(text[..part] + end, out last))
            && last.Family == first.Family && last >= first;
    }

    private static BlockTable<RealDraft> RealTable()
    {
        BlockTable<RealDraft> table = new BlockTable<RealDraft>("real_server")
            .AddTimes(d => d.Checks, (d, t) => d with { Checks = t })
            .Take("weight", "weight", (d, e) => d.With(s => s with { Weight = e.Number(0, 65535, s.Weight) }))
            .Take("lvs_method", "method", (d, e) => d.With(s => s with { Method = Method(e) }))
            .Take("uthreshold", "maxConnections", (d, e) => d.With(s => s with { MaxConnections = e.Number(0, int.MaxValue, 0) }))
            .Take("lthreshold", "minConnections", (d, e) => d.With(s => s with { MinConnections = e.Number(0, int.MaxValue, 0) }))
            .Take("inhibit_on_failure", "drainOnFailure", (d, e) => d.With(s => s with { DrainOnFailure = e.Flag() }))
            .Take("notify_up", "notifyUp", (d, e) => d.With(s => s with { NotifyUp = e.Command(), User = User(e, s.User) }))
            .Take("notify_down", "notifyDown", (d, e) => d.With(s => s with { NotifyDown = e.Command(), User = User(e, s.User) }))
            .Take("alpha", "startDown", (d, e) => d with { Checks = d.Checks with { StartDown = e.Flag() } })
            .Take("virtualhost", "", (d, e) => d with { Checks = d.Checks with { Host = e.Text() } })
            .Leave("is left out: no mail is sent; use notify_up and notify_down programs, or alerts on metrics", "smtp_alert")
            .Leave("is left out: there is no SNMP; metrics carry the server's address", "snmp_name");
        foreach (string keyword in CheckBlocks.Keywords)
            table.Take(keyword, "checks", (d, e) => d.With(s => s with { Checks = s.Checks.With(CheckBlocks.Read(e, d.Checks)) }), repeats: true);
        return table;
    }

    private static ServerDraft With(this ServerDraft draft, Func<VirtualServer, VirtualServer> change) => draft with { Server = change(draft.Server) };

    private static RealDraft With(this RealDraft draft, Func<RealServer, RealServer> change) => draft with { Server = change(draft.Server) };

    private static ServerDraft AddServer(ServerDraft draft, Entry entry)
    {
        string path = $"{entry.Path}[{draft.Server.Servers.Count}]";
        entry.Problems.Locate(path, entry.Statement.At);
        List<Statement> ordered = [];
        HashSet<string> checks = [.. CheckBlocks.Keywords];
        foreach (Statement statement in entry.Block())
            if (!checks.Contains(statement.Keyword))
                ordered.Add(statement);
        foreach (Statement statement in entry.Statement.Block ?? [])
            if (checks.Contains(statement.Keyword))
                ordered.Add(statement);
        RealServer start = Target(entry, new RealServer { DrainOnFailure = draft.Drain });
        RealDraft read = Real.Read(ordered, new(start, draft.Checks), path, entry.Problems);
        return draft.With(s => s with { Servers = s.Servers.With(read.Server) });
    }

    private static RealServer Target(Entry entry, RealServer server) => server with
    {
        Address = entry.Address() ?? server.Address,
        Port = entry.Words.Count > 1 ? entry.Number(1, 65535, 0, 1) : 0,
    };

    private static string User(Entry entry, string otherwise) => entry.Words.Count > 1 ? entry.Words[1] : otherwise;

    private static ServerDraft Scheduling(ServerDraft draft, Entry entry)
    {
        string name = entry.Text();
        Scheduler scheduler = name switch
        {
            "rr" => Scheduler.RoundRobin,
            "wrr" => Scheduler.WeightedRoundRobin,
            "sh" => Scheduler.SourceHash,
            "mh" => Scheduler.ConsistentHash,
            "dh" or "lblc" or "lblcr" => Scheduler.ConsistentHash,
            _ => Scheduler.WeightedRoundRobin,
        };
        if (name is "dh" or "lblc" or "lblcr")
            entry.Warn($"is {name}, which is for caches: consistent hashing over the client's address is used; write mh to say so");
        else if (name is "lc" or "wlc" or "sed" or "nq" or "fo" or "ovf" or "twos")
            entry.Warn($"is {name}, and nftables does not count connections per server: weighted round robin is used; write wrr or mh to say which you prefer");
        else if (name is not ("rr" or "wrr" or "sh" or "mh" or ""))
            entry.Refuse($"is \"{name}\": use rr, wrr, sh or mh");
        return draft.With(s => s with { Scheduler = scheduler });
    }

    private static ForwardingMethod? Method(Entry entry)
    {
        switch (entry.Text())
        {
            case "NAT":
                return ForwardingMethod.Nat;
            case "DR":
                return ForwardingMethod.DirectRouting;
            case "TUN":
                if (entry.Words.Count > 1)
                    entry.Warn("has tunnel options, which are left out: the tunnel is IP in IP; remove them");
                return ForwardingMethod.Tunnel;
            case "":
                return null;
            default:
                entry.Refuse($"is \"{entry.Words[0]}\": use NAT, DR or TUN");
                return null;
        }
    }

    private static TransportProtocol Protocol(Entry entry)
    {
        string name = entry.Text();
        if (name is not ("TCP" or "UDP" or "SCTP" or ""))
            entry.Refuse($"is \"{name}\": use TCP, UDP or SCTP");
        return name switch
        {
            "UDP" => TransportProtocol.Udp,
            "SCTP" => TransportProtocol.Sctp,
            _ => TransportProtocol.Tcp,
        };
    }

    private static int? Granularity(Entry entry)
    {
        string text = entry.Text();
        if (IpAddr.TryParse(text, out IpAddr mask) && mask.IsIPv4)
        {
            uint bits = (uint)mask.Value;
            int length = System.Numerics.BitOperations.LeadingZeroCount(~bits);
            if (bits << length == 0 || length == 32)
                return length;
            entry.Refuse($"is \"{text}\", which is no netmask: write one such as 255.255.255.0");
            return null;
        }

        return entry.Number(1, 128, 128);
    }
}
