// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;

namespace LoadBalancer.ApiServer.OpenApi;

/// <summary>OpenAPI v3 as far as kubectl asks: which kinds take fieldValidation, and schemas for explain.</summary>
public static class OpenApiDocuments
{
    private const string MetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    public static JsonObject Root(ResourceRegistry registry)
    {
        var paths = new JsonObject();
        foreach (var (group, version) in registry.Types.SelectMany(t => t.Versions.Select(v => (t.Group, v))).Distinct())
        {
            var path = group.Length == 0 ? "api/" + version : "apis/" + group + "/" + version;
            paths[path] = new JsonObject { ["serverRelativeURL"] = "/openapi/v3/" + path };
        }

        return new JsonObject { ["paths"] = paths };
    }

    public static JsonObject Version2() => new()
    {
        ["swagger"] = "2.0",
        ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.32.0" },
        ["paths"] = new JsonObject(),
        ["definitions"] = new JsonObject(),
    };

    public static JsonObject? Document(ResourceRegistry registry, string group, string version)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject { [MetaName] = Metadata() };
        foreach (var type in registry.Types.Where(t => t.Group == group && t.Versions.Contains(version)))
        {
            var kind = new JsonObject { ["group"] = group, ["version"] = version, ["kind"] = type.Kind };
            var operation = new JsonObject { ["x-kubernetes-group-version-kind"] = kind.DeepClone(), ["parameters"] = Parameters(), ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } } };
            var root = group.Length == 0 ? "/api/" + version : "/apis/" + group + "/" + version;
            paths[root + (type.Namespaced ? "/namespaces/{namespace}/" : "/") + type.Plural + "/{name}"] = new JsonObject
            {
                ["patch"] = operation,
                ["put"] = operation.DeepClone(),
                ["get"] = operation.DeepClone(),
            };
            var schema = Schema(type, version);
            schema["x-kubernetes-group-version-kind"] = new JsonArray(kind);
            schemas[(group.Length == 0 ? "core" : group) + "." + version + "." + type.Kind] = schema;
        }

        return paths.Count == 0 ? null : new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.32.0" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonArray Parameters() => new([.. new[] { "dryRun", "fieldManager", "fieldValidation", "force" }.Select(n =>
        (JsonNode)new JsonObject { ["name"] = n, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string" } })]);

    private static JsonObject Schema(ResourceType type, string version)
    {
        var schema = (type.Definition.List("spec", "versions") ?? []).FirstOrDefault(v => v.Text("name") == version).Map("schema", "openAPIV3Schema")?.DeepClone() as JsonObject;
        schema ??= new JsonObject
        {
            ["type"] = "object",
            ["description"] = type.Kind + " is a built-in kind.",
            ["properties"] = new JsonObject
            {
                ["spec"] = BuiltinSchemas.Spec(type.Kind),
                ["status"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true, ["description"] = "Most recently observed status." },
            },
        };
        var properties = schema.Child("properties");
        properties["apiVersion"] = Text("APIVersion defines the versioned schema of this representation of an object.");
        properties["kind"] = Text("Kind is a string value representing the REST resource this object represents.");
        properties["metadata"] = new JsonObject { ["description"] = "Standard object's metadata.", ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = "#/components/schemas/" + MetaName }), ["default"] = new JsonObject() };
        return schema;
    }

    private static JsonObject Metadata()
    {
        var properties = new JsonObject();
        foreach (var name in new[] { "name", "namespace", "generateName", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp" })
            properties[name] = Text("The object's " + name + ".");
        foreach (var name in new[] { "labels", "annotations" })
            properties[name] = new JsonObject { ["type"] = "object", ["description"] = "The object's " + name + ".", ["additionalProperties"] = new JsonObject { ["type"] = "string" } };
        properties["generation"] = new JsonObject { ["type"] = "integer", ["format"] = "int64", ["description"] = "Counts changes of the desired state." };
        return new JsonObject { ["type"] = "object", ["description"] = "ObjectMeta is metadata that all persisted resources must have.", ["properties"] = properties };
    }

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };
}
