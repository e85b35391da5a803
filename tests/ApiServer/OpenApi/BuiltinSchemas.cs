// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.ApiServer.OpenApi;

/// <summary>What explain shows of built-in kinds: the fields of a Service by name, others as free form.</summary>
public static class BuiltinSchemas
{
    private static readonly string[] ServiceTexts =
    [
        "type", "clusterIP", "externalName", "externalTrafficPolicy", "internalTrafficPolicy", "ipFamilyPolicy", "loadBalancerClass", "loadBalancerIP", "sessionAffinity", "trafficDistribution",
    ];

    public static JsonObject Spec(string kind)
    {
        var spec = new JsonObject { ["type"] = "object", ["description"] = "Specification of the desired behavior of the " + kind + ".", ["x-kubernetes-preserve-unknown-fields"] = true };
        if (kind != "Service")
            return spec;
        var properties = new JsonObject();
        foreach (var name in ServiceTexts)
            properties[name] = Of("string", name);
        foreach (var name in new[] { "clusterIPs", "externalIPs", "ipFamilies", "loadBalancerSourceRanges" })
            properties[name] = new JsonObject { ["type"] = "array", ["description"] = "The Service's " + name + ".", ["items"] = new JsonObject { ["type"] = "string" } };
        properties["allocateLoadBalancerNodePorts"] = Of("boolean", "allocateLoadBalancerNodePorts");
        properties["publishNotReadyAddresses"] = Of("boolean", "publishNotReadyAddresses");
        properties["healthCheckNodePort"] = Of("integer", "healthCheckNodePort");
        properties["selector"] = new JsonObject { ["type"] = "object", ["description"] = "Labels of the pods behind the Service.", ["additionalProperties"] = new JsonObject { ["type"] = "string" } };
        var port = new JsonObject();
        foreach (var name in new[] { "name", "protocol", "appProtocol", "targetPort" })
            port[name] = Of("string", name);
        foreach (var name in new[] { "port", "nodePort" })
            port[name] = Of("integer", name);
        properties["ports"] = new JsonObject { ["type"] = "array", ["description"] = "The ports the Service exposes.", ["items"] = new JsonObject { ["type"] = "object", ["properties"] = port } };
        spec["properties"] = properties;
        return spec;
    }

    private static JsonObject Of(string type, string name) => new() { ["type"] = type, ["description"] = "The Service's " + name + "." };
}
