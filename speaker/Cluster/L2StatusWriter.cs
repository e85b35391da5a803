// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>Writes ServiceL2Status objects as MetalLB does: labels by which they are found, content under status.</summary>
internal sealed class L2StatusWriter(ApiClient client, string @namespace, string node, CancellationToken ended)
{
    public const string NodeLabel = "metallb.io/node";
    public const string ServiceLabel = "metallb.io/service-name";
    public const string NamespaceLabel = "metallb.io/service-namespace";
    private const int MaxLabelLength = 63;

    public async Task PutAsync(string name, ObjectKey service, IReadOnlyList<string> interfaces, bool exists)
    {
        if (!exists)
        {
            ServiceL2Status created = new()
            {
                Metadata = new()
                {
                    Name = name,
                    Namespace = @namespace,
                    Labels = Labels(service),
                },
            };
            try
            {
                await client.CreateAsync(Kinds.ServiceL2Status, created, ended).ConfigureAwait(false);
            }
            catch (ApiException fault) when (fault.IsConflict)
            {
                // Created earlier, and its status not written then.
            }
        }

        await client.PatchAsync(
            Kinds.ServiceL2Status,
            @namespace,
            name,
            PatchType.Merge,
            (node, service, interfaces),
            static (writer, state) => WriteStatus(writer, state.node, state.service, state.interfaces),
            PatchOptions.Status,
            ended).ConfigureAwait(false);
    }

    /// <summary>Deletes this very object, not one that was written in its place since.</summary>
    public Task DeleteAsync(string name, string? uid) => client.DeleteAsync(Kinds.ServiceL2Status, @namespace, name, new DeleteOptions(Uid: uid), ended);

    // A node's name may be longer than a label's value; the status names it in any case.
    private Dictionary<string, string> Labels(ObjectKey service)
    {
        Dictionary<string, string> labels = new() { [ServiceLabel] = service.Name, [NamespaceLabel] = service.Namespace };
        if (node.Length <= MaxLabelLength)
        {
            labels[NodeLabel] = node;
        }

        return labels;
    }

    private static void WriteStatus(Utf8JsonWriter writer, string node, ObjectKey service, IReadOnlyList<string> interfaces)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("status"u8);
        writer.WriteString("node"u8, node);
        writer.WriteString("serviceName"u8, service.Name);
        writer.WriteString("serviceNamespace"u8, service.Namespace);
        writer.WriteStartArray("interfaces"u8);
        foreach (string name in interfaces)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
