// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using LoadBalancer.Ipam;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;

namespace LoadBalancer.Controller;

/// <summary>
/// Writes what was decided for a Service: addresses and pool in one patch of the status subresource, which for a Service
/// also carries annotations, so that there is never one without the other. It is bound to the version that was decided on.
/// </summary>
internal sealed class ServiceWriter(ApiClient client)
{
    public async Task<ServiceWritten> WriteAsync(Service service, Decision decision, CancellationToken cancellationToken)
    {
        ServiceKey key = Facts.KeyOf(service);
        try
        {
            Service written = await client.PatchAsync(
                Kinds.Service,
                key.Namespace,
                key.Name,
                PatchType.Merge,
                (service.Metadata.ResourceVersion, decision),
                static (writer, state) => WritePatch(writer, state.ResourceVersion, state.decision),
                PatchOptions.Status,
                cancellationToken).ConfigureAwait(false);
            return new(key, service.Metadata.Uid, service.Metadata.ResourceVersion, written, null);
        }
        catch (ApiException fault)
        {
            return new(key, service.Metadata.Uid, service.Metadata.ResourceVersion, null, fault);
        }
    }

    private static void WritePatch(Utf8JsonWriter writer, string? resourceVersion, Decision decision)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, resourceVersion);
        if (decision.WriteAnnotation)
        {
            writer.WriteStartObject("annotations"u8);
            writer.WriteString(Annotations.AllocatedFromPool, decision.Pool);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartObject("status"u8);
        writer.WriteStartObject("loadBalancer"u8);
        if (decision.Addresses.Count == 0)
        {
            writer.WriteNull("ingress"u8);
        }
        else
        {
            writer.WriteStartArray("ingress"u8);
            foreach (IpAddr address in decision.Addresses)
            {
                writer.WriteStartObject();
                writer.WriteString("ip"u8, address.ToString());
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
