// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig;

/// <summary>Transport of a virtual server.</summary>
public enum TransportProtocol
{
    Tcp,
    Udp,
    Sctp,
}

/// <summary>How a connection finds its server.</summary>
public enum Scheduler
{
    Random,
    RoundRobin,
    WeightedRoundRobin,
    SourceHash,
    ConsistentHash,
}

/// <summary>How packets get to a server and back.</summary>
public enum ForwardingMethod
{
    /// <summary>Destination rewritten, the client's address kept: the server must answer through this node.</summary>
    Nat,

    /// <summary>Both ends rewritten: works wherever the server is, and the server sees this node.</summary>
    Masquerade,

    /// <summary>Only the hardware address rewritten: the server holds the address, too, and answers the client itself.</summary>
    DirectRouting,

    /// <summary>Wrapped and sent to the server, which holds the address, too.</summary>
    Tunnel,
}

/// <summary>Where a virtual server listens: addresses from first to last, on one port; port 0 means every port.</summary>
public readonly record struct VirtualEndpoint(IpAddr First, IpAddr Last, int Port)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string range = First == Last ? $"{First}" : $"{First}-{Last}";
        return Port == 0 ? range : First.IsIPv6 ? $"[{range}]:{Port}" : $"{range}:{Port}";
    }
}

/// <summary>A service behind virtual addresses and the servers that do its work.</summary>
public sealed record VirtualServer
{
    public string Name { get; init; } = "";
    public ValueList<VirtualEndpoint> Endpoints { get; init; }
    public TransportProtocol Protocol { get; init; }
    public Scheduler Scheduler { get; init; } = Scheduler.RoundRobin;
    public ForwardingMethod Method { get; init; }

    /// <summary>How long a client stays with its server; zero means each connection is placed anew.</summary>
    public TimeSpan Persistence { get; init; }

    /// <summary>Clients with so many leading bits in common stay together; null means each client by itself.</summary>
    public int? PersistencePrefix { get; init; }

    /// <summary>UDP datagrams are placed one by one.</summary>
    public bool OnePacket { get; init; }
    public ValueList<RealServer> Servers { get; init; }
    public RealServer? SorryServer { get; init; }

    /// <summary>Weight that must be up for the service to be up.</summary>
    public int Quorum { get; init; } = 1;
    public int Hysteresis { get; init; }
    public ValueList<string> QuorumUp { get; init; }
    public ValueList<string> QuorumDown { get; init; }

    /// <summary>Who runs the quorum programs.</summary>
    public string User { get; init; } = "";

    /// <summary>Servers count as down until a check succeeded.</summary>
    public bool StartDown { get; init; }

    /// <summary>Whether the down programs run when vipd stops.</summary>
    public bool NotifyOnStop { get; init; }

    /// <summary>Checks rest while the node does not hold the address.</summary>
    public bool SuspendWithoutAddress { get; init; }
}

/// <summary>A server that does the work.</summary>
public sealed record RealServer
{
    public IpAddr Address { get; init; }

    /// <summary>0 means the port the client asked for.</summary>
    public int Port { get; init; }
    public int Weight { get; init; } = 1;

    /// <summary>Null means the virtual server's.</summary>
    public ForwardingMethod? Method { get; init; }
    public ValueList<HealthCheck> Checks { get; init; }

    /// <summary>A failed server gets no new connections and keeps those it has.</summary>
    public bool DrainOnFailure { get; init; }
    public int? MaxConnections { get; init; }
    public int? MinConnections { get; init; }
    public ValueList<string> NotifyUp { get; init; }
    public ValueList<string> NotifyDown { get; init; }

    /// <summary>Who runs the notify programs.</summary>
    public string User { get; init; } = "";
}
