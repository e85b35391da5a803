// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>
/// Writes the objects of one kind that say of a Service how this node announces it, as MetalLB does: labels by which they are
/// found, content under status.
/// </summary>
internal abstract class StatusObjectWriter<T>(ApiClient client, ResourceKind<T> kind, string namePrefix, string @namespace, string node, CancellationToken ended)
    where T : class, IKubeObject
{
    private const int NameHashOctets = 8;

    /// <summary>
    /// The object of this node for a Service. The same node and Service always give the same name: a write that is repeated makes
    /// no second object.
    /// </summary>
    public string NameOf(ObjectKey service) =>
        namePrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{node}/{service}")).AsSpan(0, NameHashOctets));

    /// <summary>The Service an object is about: by its labels, and where these are gone by its status.</summary>
    public abstract ObjectKey ServiceOf(T item);

    /// <summary>Writes an object whole: first it, unless it exists, then its status.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="service">The Service it is about.</param>
    /// <param name="content">What its status lists: interfaces, or peers.</param>
    /// <param name="exists">Whether it is there already.</param>
    public async Task PutAsync(string name, ObjectKey service, IReadOnlyList<string> content, bool exists)
    {
        if (!exists)
        {
            try
            {
                await client.CreateAsync(kind, Create(new ObjectMeta { Name = name, Namespace = @namespace, Labels = Labels(service) }), ended).ConfigureAwait(false);
            }
            catch (ApiException fault) when (fault.IsConflict)
            {
                // Created earlier, and its status not written then.
            }
        }

        await client.PatchAsync(
            kind, @namespace, name, PatchType.Merge, (Writer: this, service, content), static (writer, state) => state.Writer.WriteStatus(writer, state.service, state.content), PatchOptions.Status, ended)
            .ConfigureAwait(false);
    }

    /// <summary>Deletes this very object, not one that was written in its place since.</summary>
    public Task DeleteAsync(string name, string? uid) => client.DeleteAsync(kind, @namespace, name, new DeleteOptions(Uid: uid), ended);

    /// <summary>A new object, without status.</summary>
    protected abstract T Create(ObjectMeta metadata);

    /// <summary>Writes the field of the status that lists something.</summary>
    protected abstract void WriteContent(Utf8JsonWriter writer, IReadOnlyList<string> content);

    /// <summary>The Service by the labels, with what the status says where one is missing.</summary>
    protected static ObjectKey ServiceOf(ObjectMeta metadata, string? statusNamespace, string? statusName) => new(
        metadata.Labels.GetValueOrDefault(StatusLabels.Namespace, statusNamespace ?? ""),
        metadata.Labels.GetValueOrDefault(StatusLabels.Service, statusName ?? ""));

    // A node's name may be longer than a label's value; the status names it in any case.
    private Dictionary<string, string> Labels(ObjectKey service)
    {
        Dictionary<string, string> labels = new() { [StatusLabels.Service] = service.Name, [StatusLabels.Namespace] = service.Namespace };
        if (StatusLabels.SelectorOf(node) is not null)
            labels[StatusLabels.Node] = node;
        return labels;
    }

    private void WriteStatus(Utf8JsonWriter writer, ObjectKey service, IReadOnlyList<string> content)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("status"u8);
        writer.WriteString("node"u8, node);
        writer.WriteString("serviceName"u8, service.Name);
        writer.WriteString("serviceNamespace"u8, service.Namespace);
        WriteContent(writer, content);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
