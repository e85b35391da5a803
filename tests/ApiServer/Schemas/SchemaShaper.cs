// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Schemas;

/// <summary>Pruning of unknown fields and filling in of defaults.</summary>
public static class SchemaShaper
{
    public static void Prune(JsonNode? node, JsonObject schema, string at, bool isRoot, List<string> unknown)
    {
        switch (node)
        {
            case JsonObject map:
                PruneMap(map, schema, at, isRoot, unknown);
                break;
            case JsonArray list when schema.Map("items") is { } items:
                for (var i = 0; i < list.Count; i++)
                    Prune(list[i], items, $"{at}[{i}]", isRoot: false, unknown);
                break;
            default:
                break;
        }
    }

    public static void Default(JsonNode? node, JsonObject schema)
    {
        if (node is JsonArray list && schema.Map("items") is { } items)
        {
            foreach (var item in list)
                Default(item, items);
            return;
        }

        if (node is not JsonObject map)
            return;
        foreach (var (name, property) in schema.Map("properties") ?? [])
        {
            if (property is not JsonObject child)
                continue;
            var absent = !map.TryGetPropertyValue(name, out var value);
            if ((absent || (value is null && child.Flag("nullable") != true)) && child["default"] is { } fallback)
                map[name] = value = fallback.DeepClone();
            Default(value, child);
        }

        if (schema.Map("additionalProperties") is not { } additional)
            return;
        foreach (var (_, value) in map)
            Default(value, additional);
    }

    private static void PruneMap(JsonObject map, JsonObject schema, string at, bool isRoot, List<string> unknown)
    {
        var properties = schema.Map("properties") ?? [];
        var additional = schema["additionalProperties"];
        var keeps = schema.Flag("x-kubernetes-preserve-unknown-fields") == true || additional.Flag() == true;
        foreach (var (name, value) in map.ToArray())
        {
            var path = at.Length == 0 ? name : at + "." + name;
            if (isRoot && name is "apiVersion" or "kind" or "metadata")
                continue;
            if (properties[name] is JsonObject child)
            {
                Prune(value, child, path, isRoot: false, unknown);
            }
            else if (additional is JsonObject each)
            {
                Prune(value, each, path, isRoot: false, unknown);
            }
            else if (!keeps)
            {
                map.Remove(name);
                unknown.Add(path);
            }
        }
    }
}
