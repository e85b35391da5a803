// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Writes ServiceBGPStatus objects as MetalLB does: labels by which they are found, content under status.</summary>
internal sealed class ServiceStatusWriter(ApiClient client, string @namespace, string node, CancellationToken ended)
{
    private const int MaxLabelLength = 63;

    /// <summary>The objects of a node; all objects when its name is too long for a label.</summary>
    public static string? SelectorOf(string node) => node.Length <= MaxLabelLength ? $"{L2StatusWriter.NodeLabel}={node}" : null;

    public async Task PutAsync(string name, ObjectKey service, IReadOnlyList<string> peers, bool exists)
    {
        if (!exists)
        {
            ServiceBGPStatus created = new() { Metadata = new() { Name = name, Namespace = @namespace, Labels = Labels(service) } };
            try
            {
                await client.CreateAsync(Kinds.ServiceBGPStatus, created, ended).ConfigureAwait(false);
            }
            catch (ApiException fault) when (fault.IsConflict)
            {
                // Created earlier, and its status not written then.
            }
        }

        await client.PatchAsync(
            Kinds.ServiceBGPStatus,
            @namespace,
            name,
            PatchType.Merge,
            (node, service, peers),
            static (writer, state) => WriteStatus(writer, state.node, state.service, state.peers),
            PatchOptions.Status,
            ended).ConfigureAwait(false);
    }

    /// <summary>Deletes this very object, not one that was written in its place since.</summary>
    public Task DeleteAsync(string name, string? uid) => client.DeleteAsync(Kinds.ServiceBGPStatus, @namespace, name, new DeleteOptions(Uid: uid), ended);

    private Dictionary<string, string> Labels(ObjectKey service)
    {
        Dictionary<string, string> labels = new() { [L2StatusWriter.ServiceLabel] = service.Name, [L2StatusWriter.NamespaceLabel] = service.Namespace };
        if (SelectorOf(node) is not null)
            labels[L2StatusWriter.NodeLabel] = node;
        return labels;
    }

    private static void WriteStatus(Utf8JsonWriter writer, string node, ObjectKey service, IReadOnlyList<string> peers)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("status"u8);
        writer.WriteString("node"u8, node);
        writer.WriteString("serviceName"u8, service.Name);
        writer.WriteString("serviceNamespace"u8, service.Namespace);
        writer.WriteStartArray("peers"u8);
        foreach (string peer in peers)
            writer.WriteStringValue(peer);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
