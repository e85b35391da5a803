// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Writes what this node knows of a VirtualIP into its status, by server-side apply under a name of the node's own: its element of
/// the list of nodes, and as master the fields of which there is one. A new master takes these over; the old one, which does not
/// say them any more, then takes nothing away.
/// </summary>
internal sealed class VirtualIpStatusWriter(ApiClient client, string node)
{
    // The most the API server takes.
    private const int MostManagerChars = 128;

    private readonly PatchOptions _own = new("status", ManagerOf(node), Force: true);

    /// <summary>The status of this node, and of all when it is master. Conditions keep the time since which they hold.</summary>
    public static VirtualIPStatus StatusOf(VirtualIP virtualIp, string node, VirtualIpReport? report, Verdict verdict, bool leads, DateTimeOffset now)
    {
        VirtualIPStatus status = new();
        if (report is not null)
        {
            status.Nodes =
            [
                new VirtualIPNode { Node = node, State = report.State, Priority = report.Priority, Interface = report.Interface, Since = Whole(report.Since), Reason = ReasonOf(report) },
            ];
        }

        else if (verdict is { IsAccepted: false, IsLocal: true })
        {
            status.Nodes = [new VirtualIPNode { Node = node, State = "Fault", Reason = verdict.Message }];
        }

        // Who holds the addresses says that all is well. Of what is refused nobody does: one node speaks for all.
        if (report is { IsMaster: true } && verdict is { IsAccepted: true } || (leads && verdict is { IsAccepted: false, IsLocal: false }))
        {
            string said = verdict.IsAccepted ? "True" : "False";
            Condition? before = virtualIp.Status.Conditions.FirstOrDefault(static c => c.Type == "Accepted");
            status.Conditions =
            [
                new Condition
                {
                    Type = "Accepted",
                    Status = said,
                    Reason = verdict.Reason,
                    Message = verdict.Message,
                    LastTransitionTime = before?.Status == said ? before.LastTransitionTime : Whole(now),
                    ObservedGeneration = virtualIp.Metadata.Generation,
                },
            ];
        }

        if (report is { IsMaster: true })
        {
            status.Master = node;
            status.Since = Whole(report.Since);
            status.Transitions = report.Transitions;
        }

        return status;
    }

    /// <summary>Whether an object says already what would be written.</summary>
    public static bool Says(VirtualIP virtualIp, VirtualIPStatus wanted, string node)
    {
        VirtualIPStatus there = virtualIp.Status;
        VirtualIPNode? own = there.Nodes.FirstOrDefault(n => n.Node == node);
        VirtualIPNode? mine = wanted.Nodes.Count > 0 ? wanted.Nodes[0] : null;
        bool nodeSame = (own is null && mine is null)
            || (own is not null && mine is not null && (own.State, own.Priority, own.Interface, own.Since, own.Reason) == (mine.State, mine.Priority, mine.Interface, mine.Since, mine.Reason));
        bool masterSame = wanted.Master is null || (there.Master, there.Since, there.Transitions) == (wanted.Master, wanted.Since, wanted.Transitions);
        bool judged = wanted.Conditions.All(asked => there.Conditions.Any(c =>
            (c.Type, c.Status, c.Reason, c.Message, c.ObservedGeneration) == (asked.Type, asked.Status, asked.Reason, asked.Message, asked.ObservedGeneration)));
        return nodeSame && masterSame && judged;
    }

    /// <summary>Writes it.</summary>
    public Task WriteAsync(string name, VirtualIPStatus status, CancellationToken cancellation) => WriteAsync(name, status, _own, cancellation);

    /// <summary>Takes away what a node wrote that is no more: in its name nothing is said, and what nobody else says goes with it.</summary>
    public Task ForgetAsync(string name, string gone, CancellationToken cancellation) =>
        WriteAsync(name, new VirtualIPStatus(), new("status", ManagerOf(gone), Force: true), cancellation);

    private Task<VirtualIP> WriteAsync(string name, VirtualIPStatus status, PatchOptions manager, CancellationToken cancellation) => client.PatchAsync(
        Kinds.VirtualIP,
        null,
        name,
        PatchType.Apply,
        new VirtualIP { Metadata = new ObjectMeta { Name = name }, Status = status },
        static (writer, applied) =>
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion"u8, applied.ApiVersion);
            writer.WriteString("kind"u8, applied.Kind);
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("name"u8, applied.Metadata.Name);
            writer.WriteEndObject();
            writer.WritePropertyName("status"u8);
            System.Text.Json.JsonSerializer.Serialize(writer, applied.Status, KubeJson.Of<VirtualIPStatus>());
            writer.WriteEndObject();
        },
        manager,
        cancellation);

    /// <summary>
    /// Records a number. Only on the object as it was seen: whoever comes second finds it changed, and takes what the first wrote.
    /// </summary>
    public Task RecordAsync(VirtualIP virtualIp, int routerId, CancellationToken cancellation) => client.PatchAsync(
        Kinds.VirtualIP,
        null,
        virtualIp.Metadata.Name!,
        PatchType.Merge,
        (virtualIp.Metadata.ResourceVersion, routerId),
        static (writer, state) =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("resourceVersion"u8, state.ResourceVersion);
            writer.WriteEndObject();
            writer.WriteStartObject("status"u8);
            writer.WriteNumber("virtualRouterID"u8, state.routerId);
            writer.WriteEndObject();
            writer.WriteEndObject();
        },
        PatchOptions.Status,
        cancellation);

    private static string ReasonOf(VirtualIpReport report) => report.Stranger.Length == 0
        ? report.Reason
        : $"{report.Reason}{(report.Reason.Length > 0 ? "; " : "")}{report.Stranger} uses this virtualRouterID for other addresses: change it there, or give another as spec.virtualRouterID";

    // The server keeps whole seconds.
    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static string ManagerOf(string node)
    {
        string manager = $"vipd-{node}";
        return manager.Length <= MostManagerChars ? manager : "vipd-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(node)));
    }
}
