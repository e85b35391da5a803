// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;

namespace LoadBalancer.ApiServer.Validation;

/// <summary>Defaults and checks of the built-in kinds other than Service, as far as the product relies on them.</summary>
public static class BuiltinRules
{
    public static void Default(ResourceType type, JsonObject node, JsonObject? old)
    {
        switch (type.Plural)
        {
            case "namespaces":
                node.Child("spec")["finalizers"] ??= new JsonArray("kubernetes");
                node.Child("status")["phase"] ??= "Active";
                if (node.Text("metadata", "name") is { } name)
                    node.Child("metadata").Child("labels")["kubernetes.io/metadata.name"] = name;
                break;
            case "secrets":
                node["type"] ??= "Opaque";
                if (node.Map("stringData") is { } plain)
                {
                    foreach (var (key, value) in plain)
                        node.Child("data")[key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value.Text() ?? ""));
                    node.Remove("stringData");
                }

                break;
            case "endpointslices":
                foreach (var port in (node.List("ports") ?? []).OfType<JsonObject>())
                {
                    port["protocol"] ??= "TCP";
                    port["name"] ??= "";
                }

                break;
            case "pods":
                node.Child("status")["phase"] ??= "Pending";
                break;
            case "deployments" or "replicasets":
                node.Child("spec")["replicas"] ??= 1;
                break;
            case "customresourcedefinitions":
                Schemas.DefinitionRules.Default(node);
                break;
            case "priorityclasses":
                node["preemptionPolicy"] ??= "PreemptLowerPriority";
                break;
            default:
                break;
        }
    }

    public static IEnumerable<FieldError> Validate(ResourceType type, JsonObject node, JsonObject? old) => type.Plural switch
    {
        "endpointslices" => EndpointSlice(node, old),
        "leases" => Lease(node),
        "deployments" or "daemonsets" => Workload(node, old),
        "rolebindings" or "clusterrolebindings" => Binding(node, old),
        "events" => Event(node),
        "configmaps" or "secrets" when old.Flag("immutable") == true && !JsonNode.DeepEquals(old.At("data"), node["data"]) =>
            [FieldError.Forbidden("data", "field is immutable when `immutable` is set")],
        _ => [],
    };

    private static IEnumerable<FieldError> EndpointSlice(JsonObject node, JsonObject? old)
    {
        var family = node.Text("addressType") ?? "";
        if (family.Length == 0)
            yield return FieldError.Required("addressType");
        else if (family is not ("IPv4" or "IPv6" or "FQDN"))
            yield return FieldError.NotSupported("addressType", family, ["IPv4", "IPv6", "FQDN"]);
        if (old is not null && old.Text("addressType") != family)
            yield return FieldError.Invalid("addressType", family, "field is immutable");
        var endpoints = node.List("endpoints") ?? [];
        for (var i = 0; i < endpoints.Count; i++)
        {
            var addresses = endpoints[i].List("addresses") ?? [];
            if (addresses.Count == 0)
                yield return FieldError.Required($"endpoints[{i}].addresses", "must contain at least 1 address");
            for (var j = 0; j < addresses.Count; j++)
            {
                var text = addresses[j].Text() ?? "";
                var parsed = IPAddress.TryParse(text, out var address);
                if (family == "FQDN" ? !Names.IsSubdomain(text) : !parsed || (address!.GetAddressBytes().Length == 16) != (family == "IPv6"))
                    yield return FieldError.Invalid($"endpoints[{i}].addresses[{j}]", text, family == "FQDN" ? "must be a valid FQDN" : $"must be a valid {family} address");
            }
        }
    }

    private static IEnumerable<FieldError> Lease(JsonObject node)
    {
        if (node.Whole("spec", "leaseDurationSeconds") is <= 0 and var seconds)
            yield return FieldError.Invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
        if (node.Whole("spec", "leaseTransitions") is < 0 and var transitions)
            yield return FieldError.Invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0");
        foreach (var field in new[] { "acquireTime", "renewTime" })
        {
            if (node.Text("spec", field) is { } text && !DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _))
                throw ApiException.BadRequest($"Lease in version \"v1\" cannot be handled as a Lease: parsing time \"{text}\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse");
        }
    }

    private static IEnumerable<FieldError> Workload(JsonObject node, JsonObject? old)
    {
        if (node.At("spec", "selector") is null)
            yield return FieldError.Required("spec.selector");
        foreach (var (key, value) in node.Map("spec", "selector", "matchLabels") ?? [])
        {
            if (node.Text("spec", "template", "metadata", "labels", key) != value.Text())
            {
                yield return FieldError.Invalid("spec.template.metadata.labels", node.At("spec", "template", "metadata", "labels"), "`selector` does not match template `labels`");
                break;
            }
        }

        if (node.List("spec", "template", "spec", "containers") is not { Count: > 0 })
            yield return FieldError.Required("spec.template.spec.containers");
        if (old is not null && !JsonNode.DeepEquals(node.At("spec", "selector"), old.At("spec", "selector")))
            yield return FieldError.Invalid("spec.selector", node.At("spec", "selector"), "field is immutable");
    }

    private static IEnumerable<FieldError> Binding(JsonObject node, JsonObject? old)
    {
        if (node.Text("roleRef", "name") is null or "")
            yield return FieldError.Required("roleRef.name");
        if (old is not null && !JsonNode.DeepEquals(node["roleRef"], old["roleRef"]))
            yield return FieldError.Invalid("roleRef", node["roleRef"], "cannot change roleRef");
    }

    private static IEnumerable<FieldError> Event(JsonObject node)
    {
        var ns = node.Text("metadata", "namespace") ?? "";
        if ((node.Text("involvedObject", "namespace") ?? "") is var about && about != ns && !(about.Length == 0 && ns == "default"))
            yield return FieldError.Invalid("involvedObject.namespace", about, "does not match event.namespace");
    }
}
