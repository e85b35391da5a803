// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;

namespace LoadBalancer.ApiServer.Tables;

/// <summary>The columns kubectl users know for built-in kinds.</summary>
public static class BuiltinColumns
{
    private static readonly Column Name = new("Name", "string", 0, static (n, _) => n.Text("metadata", "name"));
    private static readonly Column Age = new("Age", "string", 0, static (n, now) => TableBuilder.Age(n.At("metadata", "creationTimestamp"), now));

    public static IReadOnlyList<Column> For(ResourceType type) => type.Plural switch
    {
        "services" =>
        [
            Name,
            Of("Type", n => n.Text("spec", "type")),
            Of("Cluster-IP", n => n.Text("spec", "clusterIP") ?? "<none>"),
            Of("External-IP", ExternalAddress),
            Of("Port(s)", ServicePorts),
            Age,
            Of("Selector", n => Join(n.Map("spec", "selector")), 1),
        ],
        "namespaces" => [Name, Of("Status", n => n.Text("status", "phase")), Age],
        "nodes" =>
        [
            Name,
            Of("Status", NodeStatus),
            Of("Roles", n => OrNone((n.Map("metadata", "labels") ?? []).Where(l => l.Key.StartsWith("node-role.kubernetes.io/", StringComparison.Ordinal)).Select(l => l.Key[24..]))),
            Age,
            Of("Version", n => n.Text("status", "nodeInfo", "kubeletVersion") ?? ""),
            Of("Internal-IP", n => (n.List("status", "addresses") ?? []).FirstOrDefault(a => a.Text("type") == "InternalIP").Text("address") ?? "<none>", 1),
        ],
        "pods" =>
        [
            Name,
            Of("Ready", n => $"{(n.List("status", "containerStatuses") ?? []).Count(c => c.Flag("ready") == true)}/{(n.List("spec", "containers") ?? []).Count}"),
            Of("Status", n => n.At("metadata", "deletionTimestamp") is null ? n.Text("status", "phase") : "Terminating"),
            Of("Restarts", n => (n.List("status", "containerStatuses") ?? []).Sum(c => c.Whole("restartCount") ?? 0).ToString(CultureInfo.InvariantCulture)),
            Age,
            Of("IP", n => n.Text("status", "podIP") ?? "<none>", 1),
            Of("Node", n => n.Text("spec", "nodeName") ?? "<none>", 1),
        ],
        "endpoints" => [Name, Of("Endpoints", n => OrNone((n.List("subsets") ?? []).SelectMany(s => s.List("addresses") ?? []).Select(a => a.Text("ip")))), Age],
        "endpointslices" =>
        [
            Name,
            Of("AddressType", n => n.Text("addressType")),
            Of("Ports", n => OrNone((n.List("ports") ?? []).Select(p => p.Whole("port")?.ToString(CultureInfo.InvariantCulture)))),
            Of("Endpoints", n => OrNone((n.List("endpoints") ?? []).SelectMany(e => e.Texts("addresses")))),
            Age,
        ],
        "configmaps" => [Name, Number("Data", n => (n.Map("data")?.Count ?? 0) + (n.Map("binaryData")?.Count ?? 0)), Age],
        "secrets" => [Name, Of("Type", n => n.Text("type")), Number("Data", n => n.Map("data")?.Count ?? 0), Age],
        "serviceaccounts" => [Name, Number("Secrets", n => n.List("secrets")?.Count ?? 0), Age],
        "events" =>
        [
            new("Last Seen", "string", 0, static (n, now) => TableBuilder.Age(n["lastTimestamp"] ?? n["eventTime"], now)),
            Of("Type", n => n.Text("type")),
            Of("Reason", n => n.Text("reason")),
            Of("Object", n => $"{n.Text("involvedObject", "kind")?.ToLowerInvariant()}/{n.Text("involvedObject", "name")}"),
            Of("Message", n => n.Text("message")?.Trim()),
            Of("Source", n => n.Text("source", "component") ?? n.Text("reportingComponent"), 1),
        ],
        "deployments" =>
        [
            Name,
            Of("Ready", n => $"{n.Whole("status", "readyReplicas") ?? 0}/{n.Whole("spec", "replicas") ?? 1}"),
            Number("Up-to-date", n => n.Whole("status", "updatedReplicas") ?? 0),
            Number("Available", n => n.Whole("status", "availableReplicas") ?? 0),
            Age,
        ],
        "daemonsets" =>
        [
            Name,
            Number("Desired", n => n.Whole("status", "desiredNumberScheduled") ?? 0),
            Number("Current", n => n.Whole("status", "currentNumberScheduled") ?? 0),
            Number("Ready", n => n.Whole("status", "numberReady") ?? 0),
            Number("Up-to-date", n => n.Whole("status", "updatedNumberScheduled") ?? 0),
            Number("Available", n => n.Whole("status", "numberAvailable") ?? 0),
            Of("Node Selector", n => Join(n.Map("spec", "template", "spec", "nodeSelector"))),
            Age,
        ],
        "leases" => [Name, Of("Holder", n => n.Text("spec", "holderIdentity") ?? ""), Age],
        "customresourcedefinitions" or "clusterroles" or "roles" => [Name, Of("Created At", n => n.Text("metadata", "creationTimestamp"))],
        "rolebindings" or "clusterrolebindings" => [Name, Of("Role", n => $"{n.Text("roleRef", "kind")}/{n.Text("roleRef", "name")}"), Age],
        "priorityclasses" => [Name, Number("Value", n => n.Whole("value") ?? 0), Of("Global-Default", n => (n.Flag("globalDefault") ?? false) ? "true" : "false"), Age],
        "ingressclasses" => [Name, Of("Controller", n => n.Text("spec", "controller")), Age],
        _ => [Name, Age],
    };

    private static Column Of(string name, Func<JsonObject, string?> cell, int priority = 0) => new(name, "string", priority, (n, _) => cell(n));

    private static Column Number(string name, Func<JsonObject, long> cell) => new(name, "integer", 0, (n, _) => cell(n));

    private static string OrNone(IEnumerable<string?> values) => string.Join(',', values) is { Length: > 0 } text ? text : "<none>";

    private static string Join(JsonObject? labels) => OrNone((labels ?? []).Select(l => l.Key + "=" + l.Value.Text()));

    private static string NodeStatus(JsonObject node)
    {
        var ready = (node.List("status", "conditions") ?? []).FirstOrDefault(c => c.Text("type") == "Ready").Text("status");
        var text = ready switch { "True" => "Ready", null => "Unknown", _ => "NotReady" };
        return node.Flag("spec", "unschedulable") == true ? text + ",SchedulingDisabled" : text;
    }

    private static string ExternalAddress(JsonObject service)
    {
        var fixedAddresses = service.Texts("spec", "externalIPs");
        var assigned = (service.List("status", "loadBalancer", "ingress") ?? []).Select(i => i.Text("ip") is { Length: > 0 } ip ? ip : i.Text("hostname"));
        return service.Text("spec", "type") switch
        {
            "ExternalName" => service.Text("spec", "externalName") ?? "",
            "LoadBalancer" => string.Join(',', assigned.Concat(fixedAddresses)) is { Length: > 0 } text ? text : "<pending>",
            _ => OrNone(fixedAddresses),
        };
    }

    private static string ServicePorts(JsonObject service) => OrNone((service.List("spec", "ports") ?? []).Select(p =>
        p.Whole("nodePort") is > 0 and var node ? $"{p.Whole("port")}:{node}/{p.Text("protocol")}" : $"{p.Whole("port")}/{p.Text("protocol")}"));
}
