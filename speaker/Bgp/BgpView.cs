// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>A peer, as /status shows it.</summary>
internal sealed record PeerRow(string Peer, string Address, string Vrf, string State)
{
    /// <summary>AS number the peer has given, or is expected to give; 0 while any will do and it has not.</summary>
    public uint Asn { get; init; }

    /// <summary>Seconds in this state.</summary>
    public long ForSeconds { get; init; }

    public long Received { get; init; }

    public long Sent { get; init; }

    public IReadOnlyList<string> Families { get; init; } = [];

    /// <summary>State of BFD; empty without.</summary>
    public string Bfd { get; init; } = "";

    /// <summary>Why there is no session, or why the last one ended; empty when all was well ever since.</summary>
    public string LastError { get; init; } = "";

    /// <summary>Seconds since the last session or attempt ended; -1 when none has.</summary>
    public long ErrorSecondsAgo { get; init; } = -1;
}

/// <summary>How a prefix stands with a peer, one address of it when it is dynamic; of an address that is announced to nobody the peer is empty.</summary>
internal sealed record RouteRow(string Prefix, IReadOnlyList<string> Services, string Peer, bool Announced, string Reason)
{
    /// <summary>Address of a dynamic peer; else empty.</summary>
    public string Address { get; init; } = "";

    public uint? LocalPref { get; init; }

    public uint? Med { get; init; }

    public IReadOnlyList<string> Communities { get; init; } = [];
}

/// <summary>All routes of this node, as /status/bgp/routes shows them.</summary>
internal sealed record RoutesReport
{
    public string Node { get; init; } = "";

    /// <summary>Names of this node's peers.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>Why there are no peers; empty when there are.</summary>
    public string NoPeers { get; init; } = "";

    public IReadOnlyList<RouteRow> Routes { get; init; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RoutesReport))]
internal sealed partial class BgpJson : JsonSerializerContext;
