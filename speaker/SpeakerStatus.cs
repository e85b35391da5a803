// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using LoadBalancer.Config;
using LoadBalancer.Linux;
using LoadBalancer.Placement;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;
using LoadBalancer.Speaker.Layer2;

namespace LoadBalancer.Speaker;

/// <summary>What the speaker believes, as published by its cluster loop and read by the status page.</summary>
internal sealed class SpeakerStatus(string node, Layer2Plane plane, BgpReader bgp, ClusterWatch watch)
{
    private volatile Snapshot _snapshot = new(Ownership.Nothing, [], Configuration.Empty, 0, false, true);

    /// <summary>Whether all statuses that tell of this node are written.</summary>
    public bool StatusesSettled => _snapshot.Settled;

    /// <summary>The ownership last published.</summary>
    public Ownership Ownership => _snapshot.Ownership;

    public void Publish(Ownership ownership, IReadOnlyList<AddressDemand> demands, Configuration configuration, int services, bool synced, bool settled) =>
        _snapshot = new(ownership, demands, configuration, services, synced, settled);

    /// <summary>Why nothing is announced yet; an API that goes away later is no reason.</summary>
    public string? NotReady() => _snapshot.Synced ? null : watch.Missing() ?? "all objects are read and about to be looked at";

    /// <summary>Why the process should be restarted.</summary>
    public string? Unhealthy() => plane.Reactor.Completion.IsCompleted ? "the layer-2 thread has ended" : null;

    /// <summary>Why this node has no BGP peers.</summary>
    public string NoPeers()
    {
        Snapshot now = _snapshot;
        int refused = now.Configuration.Verdicts.Count(static v => v is { Accepted: false, Kind: ObjectKind.BGPPeer });
        return NotReady() is { } why ? $"not all is read yet: {why}"
            : now.Configuration.BgpPeers.Count > 0 ? $"the nodeSelectors of none of {now.Configuration.BgpPeers.Count} BGPPeers select it; compare them with the node's labels"
            : refused > 0 ? $"all {refused} BGPPeers are refused; their Accepted conditions say why, and so does `speaker status`"
            : "there is no BGPPeer in the configuration namespace";
    }

    public string ToJson()
    {
        Snapshot now = _snapshot;
        SpeakerReport report = new()
        {
            Node = node,
            Synced = now.Synced,
            LostContact = watch.LostContact(),
            Services = now.Services,
            RealTime = plane.Reactor.Priority == ThreadPriorityGrant.RealTime,
            Segments = now.Ownership.Segments,
            Peers = bgp.Peers(),
            NoPeers = NoPeers(),
            Addresses = [.. now.Demands.Select(d => Row(d, now.Ownership))],
            Conflicts = [.. now.Ownership.Conflicts.Select(c => $"{c.Address} is answered by {c.Mac} on {c.Interface} as well")],
            Refused = [.. now.Configuration.Verdicts.Where(v => !v.Accepted).Select(v => $"{v.Kind} {v.Name}: {v.Message}")],
        };
        return JsonSerializer.Serialize(report, ReportJson.Default.SpeakerReport);
    }

    private static AddressRow Row(AddressDemand demand, Ownership ownership) => new(
        demand.Address.ToString(),
        demand.Group,
        ownership.Announced.GetValueOrDefault(demand.Address) ?? [],
        ownership.Holders.GetValueOrDefault(demand.Address) ?? "",
        [.. demand.Candidates.All.Where(c => c.Ineligibility != Ineligibility.None)
            .OrderBy(c => c.Node, StringComparer.Ordinal).Select(c => $"{c.Node}: {c.Ineligibility}")]);

    private sealed record Snapshot(
        Ownership Ownership, IReadOnlyList<AddressDemand> Demands, Configuration Configuration, int Services, bool Synced, bool Settled);
}

internal sealed record SpeakerReport
{
    public string Node { get; init; } = "";

    public bool Synced { get; init; }

    /// <summary>Which kinds the API server does not tell of at present, and why; null when it tells of all.</summary>
    public string? LostContact { get; init; }

    public int Services { get; init; }

    public bool RealTime { get; init; }

    public IReadOnlyList<SegmentView> Segments { get; init; } = [];

    public IReadOnlyList<AddressRow> Addresses { get; init; } = [];

    /// <summary>The BGP peers of this node.</summary>
    public IReadOnlyList<PeerRow> Peers { get; init; } = [];

    /// <summary>Why there are none, in case there are none.</summary>
    public string NoPeers { get; init; } = "";

    public IReadOnlyList<string> Refused { get; init; } = [];

    public IReadOnlyList<string> Conflicts { get; init; } = [];
}

/// <summary>One address: the interfaces this node answers on (none: it does not), who holds it, and who may not and why.</summary>
internal sealed record AddressRow(string Address, string Service, IReadOnlyList<string> AnnouncedOn, string Holder, IReadOnlyList<string> NotEligible);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SpeakerReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
