// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Cluster;

namespace LoadBalancer.Benchmarks.Assignment;

/// <summary>What the benchmarks create in the API.</summary>
internal static class BenchObjects
{
    private const string ServicePath = "/api/v1/namespaces/default/services";

    internal static string Name(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number}");

    internal static async Task CreatePoolAsync(AdminApi admin, string place, IReadOnlyList<string> ranges, CancellationToken cancellation)
    {
        await admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "metallb.io/v1beta1",
                ["kind"] = "IPAddressPool",
                ["metadata"] = new JsonObject { ["name"] = "bench", ["namespace"] = place },
                ["spec"] = new JsonObject { ["addresses"] = new JsonArray([.. ranges.Select(r => (JsonNode)r)]) },
            },
            cancellation);
        await admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "metallb.io/v1beta1",
                ["kind"] = "L2Advertisement",
                ["metadata"] = new JsonObject { ["name"] = "bench", ["namespace"] = place },
            },
            cancellation);
    }

    internal static async Task CreateServiceAsync(AdminApi admin, string name, CancellationToken cancellation)
    {
        var service = JsonNode.Parse($$"""
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "{{name}}", "namespace": "default", "labels": {"app": "{{name}}"} },
             "spec": {"type": "LoadBalancer", "selector": {"app": "{{name}}"}, "allocateLoadBalancerNodePorts": false,
                      "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080}] } }
            """);
        var (status, body) = await admin.SendAsync(HttpMethod.Post, ServicePath, service, cancellation);
        if (status != HttpStatusCode.Created)
            throw new InvalidOperationException($"POST {ServicePath} {name}: {(int)status} {body?.ToJsonString()}");
    }

    /// <summary>Creates a Service of UDP that every node serves at this port by itself.</summary>
    internal static async Task CreateEchoAsync(LabCluster cluster, int port, CancellationToken cancellation)
    {
        await cluster.Admin.CreateAsync(
            JsonNode.Parse($$"""
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "echo", "namespace": "default"},
                 "spec": {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "ports": [{"name": "echo", "port": {{port}}, "protocol": "UDP"}]} }
                """)!,
            cancellation);
        await cluster.SetEndpointsAsync(
            "default", "echo", [("echo", "UDP", port)], cluster.Network.Nodes.ToDictionary(n => n, _ => EndpointState.Ready), cancellation);
    }

    /// <summary>Creates Services, a few at a time as several clients would.</summary>
    internal static async Task CreateServicesAsync(
        AdminApi admin, string prefix, int count, int parallel, Action<string> creating, CancellationToken cancellation) =>
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellation },
            async (number, stop) =>
            {
                var name = Name(prefix, number);
                creating(name);
                await CreateServiceAsync(admin, name, stop);
            });
}
