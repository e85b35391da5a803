// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Forwarding;

/// <summary>What is forwarded, for the status.</summary>
/// <param name="IsActive">Whether the kernel's table is as it is to be.</param>
/// <param name="Problems">What keeps all of it from working, and what to do.</param>
/// <param name="Notes">What is worth knowing.</param>
/// <param name="Transactions">Changes of the kernel's table since the start.</param>
/// <param name="VirtualServers">Each virtual server, in the order of the configuration.</param>
internal sealed record ForwardingStatus(
    bool IsActive, IReadOnlyList<string> Problems, IReadOnlyList<string> Notes, long Transactions, IReadOnlyList<VirtualServerStatus> VirtualServers)
{
    public static readonly ForwardingStatus None = new(true, [], [], 0, []);
}

/// <summary>A virtual server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsHeld">Whether this node holds one of its addresses.</param>
/// <param name="HasQuorum">Whether enough weight is up.</param>
/// <param name="Weight">The weight that is up.</param>
/// <param name="UsesSorryServer">Whether the sorry server gets the connections.</param>
/// <param name="Problems">What it is not given of what it asks for.</param>
/// <param name="Endpoints">What clients connect to.</param>
/// <param name="Servers">Who does the work.</param>
internal sealed record VirtualServerStatus(
    string Name, bool IsHeld, bool HasQuorum, long Weight, bool UsesSorryServer, IReadOnlyList<string> Problems, IReadOnlyList<FrontendStatus> Endpoints, IReadOnlyList<RealServerStatus> Servers);

/// <summary>An address and port clients connect to, with what was counted; packets and octets of both directions.</summary>
internal sealed record FrontendStatus(string Address, int Port, string Protocol, ulong Connections, ulong Refused, ulong Packets, ulong Octets);

/// <summary>A server with its checks, and what was counted at all endpoints; packets and octets of both directions.</summary>
internal sealed record RealServerStatus(
    string Address, int Port, bool IsUp, int Weight, ulong Connections, ulong Packets, ulong Octets, IReadOnlyList<CheckStatus> Checks);

/// <summary>A check: its verdict, what it saw last, how often it asked and how often that failed.</summary>
internal sealed record CheckStatus(string Kind, bool IsUp, string Words, long Asked, long Failed);
