// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using LoadBalancer.Config;
using LoadBalancer.Ipam;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Controller;

/// <summary>Writes the <c>Accepted</c> condition of a configuration object, and the counters of a pool.</summary>
internal sealed class VerdictWriter(ApiClient client)
{
    private const string ConditionType = "Accepted";

    public static bool Differs(IReadOnlyList<Condition> conditions, ObjectVerdict verdict) => Find(conditions) is not { } found
        || found.Status != StatusOf(verdict) || found.Reason != verdict.Reason.ToString()
        || found.Message != verdict.Message || found.ObservedGeneration != verdict.Generation;

    public static bool Same(IPAddressPoolStatus status, PoolCounters counters) =>
        new PoolCounters(status.AssignedIPv4, status.AssignedIPv6, status.AvailableIPv4, status.AvailableIPv6) == counters;

    public async Task<VerdictWritten> WriteAsync(
        ObjectVerdict verdict, IReadOnlyList<Condition> conditions, PoolCounters? counters, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<Condition> written = verdict.Kind switch
            {
                ObjectKind.IPAddressPool => (await PatchAsync(Kinds.IPAddressPool).ConfigureAwait(false)).Status.Conditions,
                ObjectKind.L2Advertisement => (await PatchAsync(Kinds.L2Advertisement).ConfigureAwait(false)).Status.Conditions,
                ObjectKind.BGPPeer => (await PatchAsync(Kinds.BGPPeer).ConfigureAwait(false)).Status.Conditions,
                ObjectKind.BGPAdvertisement => (await PatchAsync(Kinds.BGPAdvertisement).ConfigureAwait(false)).Status.Conditions,
                ObjectKind.Community => (await PatchAsync(Kinds.Community).ConfigureAwait(false)).Status.Conditions,
                ObjectKind.BFDProfile => (await PatchAsync(Kinds.BFDProfile).ConfigureAwait(false)).Status.Conditions,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            return new(verdict.Kind, verdict.Name, !Differs(written, verdict), null);
        }
        catch (ApiException fault)
        {
            return new(verdict.Kind, verdict.Name, false, fault);
        }

        Task<T> PatchAsync<T>(ResourceKind<T> kind)
            where T : class, IKubeObject =>
            client.PatchAsync(
                kind,
                verdict.Namespace,
                verdict.Name,
                PatchType.Merge,
                (verdict, conditions, counters, now),
                static (writer, state) => WritePatch(writer, state.verdict, state.conditions, state.counters, state.now),
                PatchOptions.Status,
                cancellationToken);
    }

    private static Condition? Find(IReadOnlyList<Condition> conditions) => conditions.FirstOrDefault(c => c.Type == ConditionType);

    private static string StatusOf(ObjectVerdict verdict) => verdict.Accepted ? "True" : "False";

    private static void WritePatch(Utf8JsonWriter writer, ObjectVerdict verdict, IReadOnlyList<Condition> conditions, PoolCounters? counters, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("status"u8);
        if (counters is { } figures)
        {
            writer.WriteNumber("assignedIPv4"u8, figures.AssignedIPv4);
            writer.WriteNumber("assignedIPv6"u8, figures.AssignedIPv6);
            writer.WriteNumber("availableIPv4"u8, figures.AvailableIPv4);
            writer.WriteNumber("availableIPv6"u8, figures.AvailableIPv6);
        }

        // A merge patch replaces a list as a whole: what others wrote beside our condition goes along.
        writer.WriteStartArray("conditions"u8);
        foreach (Condition other in conditions.Where(c => c.Type != ConditionType))
        {
            WriteCondition(writer, other.Type, other.Status, other.Reason, other.Message, other.ObservedGeneration, other.LastTransitionTime ?? now);
        }

        DateTimeOffset since = Find(conditions) is { LastTransitionTime: { } before } known && known.Status == StatusOf(verdict) ? before : now;
        WriteCondition(writer, ConditionType, StatusOf(verdict), verdict.Reason.ToString(), verdict.Message, verdict.Generation, since);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteCondition(Utf8JsonWriter writer, string type, string status, string reason, string message, long generation, DateTimeOffset since)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteString("status"u8, status);
        writer.WriteString("reason"u8, reason);
        writer.WriteString("message"u8, message);
        writer.WriteNumber("observedGeneration"u8, generation);
        writer.WriteString("lastTransitionTime"u8, since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }
}
