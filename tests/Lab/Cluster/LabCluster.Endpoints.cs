// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Cluster;

/// <summary>How an endpoint stands.</summary>
public enum EndpointState
{
    Ready,

    /// <summary>Takes no new connections where another does, but still answers: a pod that ends.</summary>
    Terminating,

    NotReady,
}

public sealed partial class LabCluster
{
    /// <summary>
    /// Sets the endpoints of a Service by hand, one per node at its management address: there is no controller for slices
    /// here. One slice per family; ports are (name, protocol, number) as the backends listen.
    /// </summary>
    public async Task SetEndpointsAsync(
        string place,
        string service,
        IReadOnlyList<(string Name, string Protocol, int Port)> ports,
        IReadOnlyDictionary<LabHost, EndpointState> endpoints,
        CancellationToken cancellation = default)
    {
        foreach (var family in new[] { "IPv4", "IPv6" })
        {
            var name = $"{service}-{family.ToLowerInvariant()}";
            var collection = $"/apis/discovery.k8s.io/v1/namespaces/{place}/endpointslices";
            var slice = new JsonObject
            {
                ["apiVersion"] = "discovery.k8s.io/v1",
                ["kind"] = "EndpointSlice",
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = place,
                    ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = service, ["endpointslice.kubernetes.io/managed-by"] = "lab" },
                },
                ["addressType"] = family,
                ["ports"] = new JsonArray([.. ports.Select(p =>
                    (JsonNode)new JsonObject { ["name"] = p.Name, ["protocol"] = p.Protocol, ["port"] = p.Port })]),
                ["endpoints"] = new JsonArray([.. endpoints.OrderBy(e => e.Key.Number).Select(e => Endpoint(family, e.Key, e.Value))]),
            };
            var (status, body) = await Admin.SendAsync(
                HttpMethod.Patch, $"{collection}/{name}", slice, cancellation, "application/merge-patch+json");
            if (status == HttpStatusCode.NotFound)
                await Admin.CreateAsync(slice, cancellation);
            else if (status != HttpStatusCode.OK)
                throw new CommandFailedException($"PATCH {collection}/{name}: {(int)status} {body?.ToJsonString()}");
        }
    }

    private JsonNode Endpoint(string family, LabHost node, EndpointState state) => new JsonObject
    {
        ["addresses"] = new JsonArray((family == "IPv4" ? node.ManagementAddress : node.ManagementAddress6).ToString()),
        ["nodeName"] = NodeName(node),
        ["conditions"] = new JsonObject
        {
            ["ready"] = state == EndpointState.Ready,
            ["serving"] = state != EndpointState.NotReady,
            ["terminating"] = state == EndpointState.Terminating,
        },
    };
}
