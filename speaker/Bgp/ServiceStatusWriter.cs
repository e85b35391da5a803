// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Writes ServiceBGPStatus objects: the peers a Service is announced to.</summary>
internal sealed class ServiceStatusWriter(ApiClient client, string @namespace, string node, CancellationToken ended)
    : StatusObjectWriter<ServiceBGPStatus>(client, Kinds.ServiceBGPStatus, "bgp-", @namespace, node, ended)
{
    public override ObjectKey ServiceOf(ServiceBGPStatus item) => ServiceOf(item.Metadata, item.Status.ServiceNamespace, item.Status.ServiceName);

    protected override ServiceBGPStatus Create(ObjectMeta metadata) => new() { Metadata = metadata };

    protected override void WriteContent(Utf8JsonWriter writer, IReadOnlyList<string> content)
    {
        writer.WriteStartArray("peers"u8);
        foreach (string peer in content)
            writer.WriteStringValue(peer);
        writer.WriteEndArray();
    }
}
