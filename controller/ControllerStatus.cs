// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using LoadBalancer.Ipam;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Leases;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime.Options;

namespace LoadBalancer.Controller;

/// <summary>What the controller believes, as published by its loop and read by the status page.</summary>
internal sealed class ControllerStatus(LeaseElector elector, CommonOptions options)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private const int MostPending = 100;

    private volatile ControllerReport? _report;
    private volatile InformerGroup? _informers;
    private MonoTime _notBefore;

    /// <summary>Why no work is done yet; null when the leader has read everything, or another replica leads.</summary>
    public string? NotReady() => elector.IsLeader && _report is null ? $"leading, and {_informers?.Missing() ?? "about to work on what was read"}" : null;

    /// <summary>Which kinds the API server does not tell of at present, and why; null when it tells of all. A replica that stands by reads the Lease alone.</summary>
    public string? LostContact() =>
        elector.IsLeader && _informers?.LostContact() is { } lost ? lost : elector.Fault is { } fault ? $"leases: {fault}" : null;

    /// <summary>A term begins to read.</summary>
    public void Reading(InformerGroup informers)
    {
        _informers = informers;
        _notBefore = default;
    }

    /// <summary>Another replica leads from now on: what this one believed is no longer so, and no sign that the next term has read anything.</summary>
    public void Forget()
    {
        _report = null;
        _informers = null;
    }

    public string ToJson() => JsonSerializer.Serialize(
        (_report ?? new ControllerReport()) with { Leader = elector.IsLeader, Identity = elector.Identity, Namespace = options.Namespace, LostContact = LostContact() },
        ReportJson.Default.ControllerReport);

    /// <summary>Publishes what is believed, at most four times a second.</summary>
    public MonoTime Publish(ConfigurationKeeper configuration, Allocator allocator, Dictionary<Ipam.ServiceKey, ServiceEntry> services, MonoTime now)
    {
        if (now < _notBefore)
        {
            return _notBefore;
        }

        _notBefore = now + Interval;
        IReadOnlyList<ServiceKey> pending = allocator.Pending;
        _report = new()
        {
            Services = services.Count,
            PendingServices = pending.Count,
            Pools = [.. configuration.Current.Pools.Select(p => Row(p.Name, p.Ranges, allocator.Count(p.Name)))],
            Refused = [.. configuration.Current.Verdicts.Where(v => !v.Accepted).Select(v => new RefusedRow(v.Kind.ToString(), v.Name, v.Reason.ToString(), v.Message))],
            Pending = [.. pending.Take(MostPending).Select(k => new PendingRow(k.ToString(), services.GetValueOrDefault(k)?.Problem ?? ""))],
        };
        return MonoTime.Never;
    }

    private static PoolRow Row(string name, IReadOnlyList<IpRange> ranges, PoolCounters counters) => new(
        name, [.. ranges.Select(r => r.ToString())], counters.AssignedIPv4, counters.AvailableIPv4, counters.AssignedIPv6, counters.AvailableIPv6);
}

internal sealed record ControllerReport
{
    public bool Leader { get; init; }

    public string Identity { get; init; } = "";

    public string Namespace { get; init; } = "";

    /// <summary>Which kinds the API server does not tell of at present, and why; null when it tells of all.</summary>
    public string? LostContact { get; init; }

    public int Services { get; init; }

    public int PendingServices { get; init; }

    public IReadOnlyList<PoolRow> Pools { get; init; } = [];

    public IReadOnlyList<RefusedRow> Refused { get; init; } = [];

    public IReadOnlyList<PendingRow> Pending { get; init; } = [];
}

internal sealed record PoolRow(string Name, IReadOnlyList<string> Addresses, long AssignedIPv4, long AvailableIPv4, long AssignedIPv6, long AvailableIPv6);

internal sealed record RefusedRow(string Kind, string Name, string Reason, string Message);

internal sealed record PendingRow(string Service, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ControllerReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
