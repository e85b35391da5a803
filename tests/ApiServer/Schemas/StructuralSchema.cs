// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Cel;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Schemas;

/// <summary>Judges a schema itself when a definition is written.</summary>
public static class StructuralSchema
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];

    public static IEnumerable<FieldError> Check(JsonObject schema, string at, bool isRoot)
    {
        var type = schema.Text("type");
        if (type is null && schema.Flag("x-kubernetes-preserve-unknown-fields") != true && schema.Flag("x-kubernetes-int-or-string") != true)
            yield return FieldError.Required(at + ".type", "must not be empty for specified object fields");
        if (type is not null && !Types.Contains(type))
            yield return FieldError.NotSupported(at + ".type", type, Types);
        if (isRoot && type is not null and not "object")
            yield return FieldError.Invalid(at + ".type", type, "must be object at the root");
        if (type == "array" && schema.Map("items") is null)
            yield return FieldError.Required(at + ".items", "must be specified");
        if (schema.Text("pattern") is { } pattern && Pattern.Error(pattern) is { } why)
            yield return FieldError.Invalid(at + ".pattern", pattern, "must be a valid regular expression, but isn't: " + why);
        var rules = schema.List("x-kubernetes-validations") ?? [];
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i].Text("rule") ?? "";
            if (CelProgram.CompileError(rule) is { } error)
                yield return FieldError.Invalid($"{at}.x-kubernetes-validations[{i}].rule", rule, "compilation failed: " + error);
        }

        foreach (var (name, child) in schema.Map("properties") ?? [])
        {
            if (child is not JsonObject map || (isRoot && name is "metadata" or "apiVersion" or "kind"))
                continue;
            foreach (var error in Check(map, $"{at}.properties[{name}]", isRoot: false))
                yield return error;
        }

        foreach (var field in new[] { "items", "additionalProperties" })
        {
            if (schema.Map(field) is not { } map)
                continue;
            foreach (var error in Check(map, at + "." + field, isRoot: false))
                yield return error;
        }
    }
}
