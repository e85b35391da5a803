// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>Writes ServiceL2Status objects: the interfaces a Service is announced on.</summary>
internal sealed class L2StatusWriter(ApiClient client, string @namespace, string node, CancellationToken ended)
    : StatusObjectWriter<ServiceL2Status>(client, Kinds.ServiceL2Status, "l2-", @namespace, node, ended)
{
    public override ObjectKey ServiceOf(ServiceL2Status item) => ServiceOf(item.Metadata, item.Status.ServiceNamespace, item.Status.ServiceName);

    protected override ServiceL2Status Create(ObjectMeta metadata) => new() { Metadata = metadata };

    protected override void WriteContent(Utf8JsonWriter writer, IReadOnlyList<string> content)
    {
        writer.WriteStartArray("interfaces"u8);
        foreach (string name in content)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
