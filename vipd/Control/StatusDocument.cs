// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using LoadBalancer.Vipd.Forwarding;

namespace LoadBalancer.Vipd.Control;

/// <summary>The status document.</summary>
internal sealed record StatusDocument
{
    public required string Node { get; init; }

    public required string Version { get; init; }

    public required bool Maintenance { get; init; }

    /// <summary>Which kinds the API server does not tell of at present, and why; null when it tells of all, or is not asked.</summary>
    public string? LostContact { get; init; }

    public required ConfigurationRow Configuration { get; init; }

    /// <summary>What is not as the configuration has it, in sentences.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public required IReadOnlyList<InstanceRow> Instances { get; init; }

    public required IReadOnlyList<GroupRow> Groups { get; init; }

    public required IReadOnlyList<TrackedRow> Tracked { get; init; }

    public required ForwardingStatus Forwarding { get; init; }
}

/// <summary>The configuration in force, and why a newer one, or a part of it, is not.</summary>
internal sealed record ConfigurationRow(string File, DateTimeOffset ReadAt, IReadOnlyList<string> Refused)
{
    /// <summary>What did not start because of errors; the rest of the file runs.</summary>
    public IReadOnlyList<LeftOutRow> LeftOut { get; init; } = [];
}

/// <summary>An object of the file that does not run, and why.</summary>
internal sealed record LeftOutRow(string Object, string Why);

/// <summary>One instance.</summary>
internal sealed record InstanceRow
{
    public required string Name { get; init; }

    public required string Interface { get; init; }

    public required string Family { get; init; }

    public required int VirtualRouterId { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset? Since { get; init; }

    /// <summary>What keeps it out of the election; empty when it takes part.</summary>
    public required string Held { get; init; }

    /// <summary>The address of the master as this node knows it; empty when it does not.</summary>
    public required string Master { get; init; }

    public required int Priority { get; init; }

    public required int ConfiguredPriority { get; init; }

    public required IReadOnlyList<string> Addresses { get; init; }

    public required double AdvertIntervalSeconds { get; init; }

    public required double MasterDownIntervalSeconds { get; init; }

    public required string Group { get; init; }

    public required TransitionRow? LastTransition { get; init; }

    public required IReadOnlyList<PeerRow> Peers { get; init; }

    public required CounterRow Counters { get; init; }
}

/// <summary>A change of state.</summary>
internal sealed record TransitionRow(string From, string To, string Reason, string Peer, DateTimeOffset At);

/// <summary>Another node, as last heard, and what of it does not agree with this one; or this one itself, heard again, or somebody who has its address.</summary>
internal sealed record PeerRow(string Address, int Priority, double HeardSecondsAgo, bool IsOwnAddress, IReadOnlyList<string> Disagreements);

/// <summary>What an instance has done since the daemon began.</summary>
internal sealed record CounterRow(long Sent, long Received, long Discarded, uint FarewellsSent, uint FarewellsReceived, uint BecameMaster, uint Fenced, uint SendFailures);

/// <summary>A sync group.</summary>
internal sealed record GroupRow(string Name, string State, IReadOnlyList<string> Members);

/// <summary>Something tracked.</summary>
internal sealed record TrackedRow(string Kind, string Name, string State, int? Value, string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = false)]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJson : JsonSerializerContext;
