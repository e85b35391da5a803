// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Cel;

/// <summary>Walks a value with its schema and asks every rule at its place.</summary>
public static class RuleEvaluator
{
    public static void Evaluate(JsonNode? node, JsonNode? old, JsonObject schema, string at, List<FieldError> errors)
    {
        if (node is null)
            return;
        foreach (var rule in schema.List("x-kubernetes-validations") ?? [])
            Ask(rule!, node, old, at, errors);
        switch (node)
        {
            case JsonObject map:
                foreach (var (name, value) in map)
                {
                    var child = schema.Map("properties", name) ?? (schema.Map("properties")?.ContainsKey(name) == true ? null : schema.Map("additionalProperties"));
                    if (child is not null)
                        Evaluate(value, old.At(name), child, at.Length == 0 ? name : at + "." + name, errors);
                }

                break;
            case JsonArray list when schema.Map("items") is { } items:
                // Items of plain lists have no identity to compare with an old one.
                for (var i = 0; i < list.Count; i++)
                    Evaluate(list[i], null, items, $"{at}[{i}]", errors);
                break;
            default:
                break;
        }
    }

    private static void Ask(JsonNode rule, JsonNode node, JsonNode? old, string at, List<FieldError> errors)
    {
        var program = CelProgram.Compile(rule.Text("rule") ?? "");
        if (program.UsesOldSelf && old is null)
            return;
        var path = at + (rule.Text("fieldPath") ?? "");
        try
        {
            var self = CelValues.From(node);
            var before = CelValues.From(old);
            if (CelValues.Truth(program.Evaluate(self, before)))
                return;
            var message = rule.Text("messageExpression") is { } expression && CelProgram.Compile(expression).Evaluate(self, before) is string told
                ? told
                : rule.Text("message") ?? "failed rule: " + rule.Text("rule");
            errors.Add(new FieldError(path, Reason(rule.Text("reason")), $"{Word(rule.Text("reason"), node)}: {message}"));
        }
        catch (CelException e)
        {
            errors.Add(FieldError.Invalid(path, Shown(node), "rule evaluation error: " + e.Message));
        }
    }

    private static string Reason(string? reason) => reason ?? "FieldValueInvalid";

    private static string Word(string? reason, JsonNode node) => reason switch
    {
        "FieldValueForbidden" => "Forbidden",
        "FieldValueRequired" => "Required value",
        "FieldValueDuplicate" => "Duplicate value: " + Shown(node).ToJsonString(JsonTree.Options),
        _ => "Invalid value: " + Shown(node).ToJsonString(JsonTree.Options),
    };

    // The real server shows only the type of a composite value.
    private static JsonNode Shown(JsonNode node) => node switch
    {
        JsonObject => "object",
        JsonArray => "array",
        _ => node.DeepClone(),
    };
}
