// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;

namespace LoadBalancer.ApiServer.Discovery;

/// <summary>The discovery answers, classic and aggregated.</summary>
public static class DiscoveryDocuments
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>Kinds that are questions, not objects: created, answered, never stored.</summary>
    public static readonly IReadOnlyList<(string Group, string Plural, string Kind, bool Namespaced)> Reviews =
    [
        ("authentication.k8s.io", "tokenreviews", "TokenReview", false),
        ("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview", false),
        ("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview", false),
        ("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false),
        ("authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview", false),
    ];

    public static JsonObject CoreVersions(string address) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = address }),
    };

    public static JsonObject GroupList(ResourceRegistry registry) =>
        new() { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Groups(registry).Where(g => g.Name.Length > 0).Select(g => (JsonNode)Group(g.Name, g.Versions, nested: true))]) };

    public static JsonObject? SingleGroup(ResourceRegistry registry, string name) =>
        Groups(registry).FirstOrDefault(g => g.Name == name) is { Versions: { } versions } ? Group(name, versions, nested: false) : null;

    public static JsonObject? Resources(ResourceRegistry registry, string group, string version)
    {
        var list = new JsonArray();
        foreach (var type in registry.Types.Where(t => t.Group == group && t.Versions.Contains(version)))
        {
            list.Add(new JsonObject
            {
                ["name"] = type.Plural,
                ["singularName"] = type.Singular,
                ["namespaced"] = type.Namespaced,
                ["kind"] = type.Kind,
                ["verbs"] = Texts(Verbs),
                ["shortNames"] = Texts(type.ShortNames),
                ["categories"] = Texts(type.Categories),
            });
            if (type.HasStatus)
                list.Add(new JsonObject { ["name"] = type.Plural + "/status", ["singularName"] = "", ["namespaced"] = type.Namespaced, ["kind"] = type.Kind, ["verbs"] = Texts(["get", "patch", "update"]) });
            if (type.Plural == "serviceaccounts")
                list.Add(new JsonObject { ["name"] = "serviceaccounts/token", ["singularName"] = "", ["namespaced"] = true, ["group"] = "authentication.k8s.io", ["version"] = "v1", ["kind"] = "TokenRequest", ["verbs"] = Texts(["create"]) });
        }

        foreach (var review in Reviews.Where(r => r.Group == group && version == "v1"))
            list.Add(new JsonObject { ["name"] = review.Plural, ["singularName"] = review.Kind.ToLowerInvariant(), ["namespaced"] = false, ["kind"] = review.Kind, ["verbs"] = Texts(["create"]) });
        if (list.Count == 0)
            return null;
        return new JsonObject { ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = group.Length == 0 ? version : group + "/" + version, ["resources"] = list };
    }

    public static JsonObject Aggregated(ResourceRegistry registry, bool core)
    {
        var items = new JsonArray();
        foreach (var (name, versions) in Groups(registry).Where(g => g.Name.Length == 0 == core))
        {
            var list = versions.Select(v => (JsonNode)new JsonObject { ["version"] = v, ["freshness"] = "Current", ["resources"] = AggregatedResources(registry, name, v) });
            var metadata = new JsonObject { ["creationTimestamp"] = null };
            if (name.Length > 0)
                metadata["name"] = name;
            items.Add(new JsonObject { ["metadata"] = metadata, ["versions"] = new JsonArray([.. list]) });
        }

        return new JsonObject { ["kind"] = "APIGroupDiscoveryList", ["apiVersion"] = "apidiscovery.k8s.io/v2", ["metadata"] = new JsonObject(), ["items"] = items };
    }

    private static JsonArray AggregatedResources(ResourceRegistry registry, string group, string version)
    {
        var list = new JsonArray();
        JsonObject? last = null;
        foreach (var resource in Resources(registry, group, version)!.List("resources")!.OfType<JsonObject>())
        {
            var kind = new JsonObject { ["group"] = resource.Text("group") ?? group, ["version"] = resource.Text("version") ?? version, ["kind"] = resource.Text("kind") };
            if (resource.Text("name")!.Split('/') is [_, var subresource])
            {
                if (last!["subresources"] is not JsonArray subresources)
                    last["subresources"] = subresources = [];
                subresources.Add(new JsonObject { ["subresource"] = subresource, ["responseKind"] = kind, ["verbs"] = resource["verbs"]?.DeepClone() });
                continue;
            }

            last = new JsonObject
            {
                ["resource"] = resource.Text("name"),
                ["responseKind"] = kind,
                ["scope"] = resource.Flag("namespaced") == true ? "Namespaced" : "Cluster",
                ["singularResource"] = resource.Text("singularName"),
                ["verbs"] = resource["verbs"]?.DeepClone(),
                ["shortNames"] = resource["shortNames"]?.DeepClone(),
                ["categories"] = resource["categories"]?.DeepClone(),
            };
            list.Add(last);
        }

        return list;
    }

    private static JsonObject Group(string name, IReadOnlyList<string> versions, bool nested)
    {
        var list = versions.Select(v => (JsonNode)new JsonObject { ["groupVersion"] = name + "/" + v, ["version"] = v }).ToArray();
        var group = new JsonObject { ["name"] = name, ["versions"] = new JsonArray(list), ["preferredVersion"] = list[0].DeepClone() };
        if (!nested)
            (group["kind"], group["apiVersion"]) = ("APIGroup", "v1");
        return group;
    }

    private static IEnumerable<(string Name, IReadOnlyList<string> Versions)> Groups(ResourceRegistry registry) => registry.Types
        .SelectMany(t => t.Versions.Select(v => (t.Group, Version: v)))
        .Concat(Reviews.Select(r => (r.Group, Version: "v1")))
        .GroupBy(t => t.Group, t => t.Version)
        .Select(g => (g.Key, (IReadOnlyList<string>)[.. g.Distinct().OrderByDescending(Rank).ThenByDescending(v => v, StringComparer.Ordinal)]));

    private static int Rank(string version) => version.Contains("alpha", StringComparison.Ordinal) ? 0 : version.Contains("beta", StringComparison.Ordinal) ? 1 : 2;

    private static JsonArray Texts(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
