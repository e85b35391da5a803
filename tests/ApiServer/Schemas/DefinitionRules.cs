// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Schemas;

/// <summary>Checks of a CustomResourceDefinition, CEL rules included: one that does not compile refuses the definition.</summary>
public static class DefinitionRules
{
    public static void Default(JsonObject node)
    {
        var names = node.Child("spec").Child("names");
        names["singular"] ??= (names.Text("kind") ?? "").ToLowerInvariant();
        names["listKind"] ??= names.Text("kind") + "List";
        if (node["status"] is null && (node.List("spec", "versions") ?? []).Count > 0)
            node["status"] = Established(node, names);
        node.Child("spec")["conversion"] ??= new JsonObject { ["strategy"] = "None" };
    }

    // The condition a client waits for holds at once: there is no controller to wait for.
    private static JsonObject Established(JsonObject node, JsonObject names)
    {
        var since = node.Text("metadata", "creationTimestamp");
        return new JsonObject
        {
            ["acceptedNames"] = names.DeepClone(),
            ["conditions"] = new JsonArray(Condition("NamesAccepted", "NoConflicts", since), Condition("Established", "InitialNamesAccepted", since)),
            ["storedVersions"] = new JsonArray(node.List("spec", "versions")!.FirstOrDefault(v => v.Flag("storage") == true).Text("name")),
        };
    }

    private static JsonObject Condition(string type, string reason, string? since) =>
        new() { ["type"] = type, ["status"] = "True", ["reason"] = reason, ["message"] = "", ["lastTransitionTime"] = since };

    public static IEnumerable<FieldError> Validate(JsonObject node, JsonObject? old)
    {
        var group = node.Text("spec", "group") ?? "";
        var plural = node.Text("spec", "names", "plural") ?? "";
        if (group.Length == 0)
            yield return FieldError.Required("spec.group");
        if (node.Text("metadata", "name") != plural + "." + group)
            yield return FieldError.Invalid("metadata.name", node.At("metadata", "name"), "must be spec.names.plural+\".\"+spec.group");
        if (node.Text("spec", "scope") is not ("Namespaced" or "Cluster"))
            yield return FieldError.NotSupported("spec.scope", node.At("spec", "scope"), ["Cluster", "Namespaced"]);
        if (old is not null && old.Text("spec", "scope") != node.Text("spec", "scope"))
            yield return FieldError.Invalid("spec.scope", node.At("spec", "scope"), "field is immutable");
        var versions = node.List("spec", "versions") ?? [];
        if (versions.Count(v => v.Flag("storage") == true) != 1)
            yield return FieldError.Invalid("spec.versions", null, "must have exactly one version marked as storage version");
        for (var i = 0; i < versions.Count; i++)
        {
            var at = $"spec.versions[{i}].schema.openAPIV3Schema";
            if (versions[i].Map("schema", "openAPIV3Schema") is not { } schema)
            {
                yield return FieldError.Required(at, "schemas are required");
                continue;
            }

            foreach (var error in StructuralSchema.Check(schema, at, isRoot: true))
                yield return error;
        }
    }
}
