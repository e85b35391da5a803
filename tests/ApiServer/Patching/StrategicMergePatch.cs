// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Patching;

/// <summary>Merge patch that joins the lists of built-in kinds by their merge key and honours $patch directives.</summary>
public static class StrategicMergePatch
{
    private static readonly Dictionary<string, string[]> Keys = new(StringComparer.Ordinal)
    {
        ["ports"] = ["port", "containerPort"],
        ["conditions"] = ["type"],
        ["ownerReferences"] = ["uid"],
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["volumes"] = ["name"],
        ["env"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["imagePullSecrets"] = ["name"],
        ["secrets"] = ["name"],
        ["addresses"] = ["type"],
        ["hostAliases"] = ["ip"],
        ["topologySpreadConstraints"] = ["topologyKey"],
        ["sessions"] = ["node"],
        ["nodes"] = ["node"],
        ["finalizers"] = [""],
    };

    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        if (patch.Text("$patch") == "replace")
        {
            var replaced = (JsonObject)patch.DeepClone();
            replaced.Remove("$patch");
            return replaced;
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith('$'))
            {
                Directive(target, name, value);
                continue;
            }

            target.TryGetPropertyValue(name, out var old);
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject map when map.Text("$patch") == "delete":
                    target.Remove(name);
                    break;
                case JsonObject map:
                    target.Remove(name);
                    target[name] = Apply(old as JsonObject ?? [], map);
                    break;
                case JsonArray list when MergeKey(name, list, old as JsonArray) is { } key:
                    target.Remove(name);
                    target[name] = Merge(old as JsonArray ?? [], list, key);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }

        return target;
    }

    public static string? MergeKey(string field, JsonArray list, JsonArray? old)
    {
        if (!Keys.TryGetValue(field, out var keys))
            return null;
        if (keys[0].Length == 0)
            return "";
        return keys.FirstOrDefault(key => list.Concat(old ?? []).All(item => item.At(key) is not null || item.At("$patch") is not null) && list.Count > 0);
    }

    private static JsonArray Merge(JsonArray old, JsonArray patch, string key)
    {
        var result = old;
        foreach (var item in patch)
        {
            if (key.Length == 0)
            {
                if (!result.Any(o => JsonNode.DeepEquals(o, item)))
                    result.Add(item?.DeepClone());
                continue;
            }

            if (item is not JsonObject map)
                continue;
            if (map.Text("$patch") == "replace")
            {
                result.Clear();
                continue;
            }

            var at = result.ToList().FindIndex(o => JsonNode.DeepEquals(o.At(key), map[key]));
            if (map.Text("$patch") == "delete")
            {
                if (at >= 0)
                    result.RemoveAt(at);
            }
            else if (at < 0)
            {
                result.Add(map.DeepClone());
            }
            else
            {
                var merged = Apply((JsonObject)result[at]!.DeepClone(), map);
                result[at] = merged;
            }
        }

        return result;
    }

    private static void Directive(JsonObject target, string name, JsonNode? value)
    {
        const string DeleteList = "$deleteFromPrimitiveList/";
        const string Retain = "$retainKeys";
        if (name.StartsWith(DeleteList, StringComparison.Ordinal) && target[name[DeleteList.Length..]] is JsonArray list && value is JsonArray gone)
        {
            foreach (var item in list.Where(i => gone.Any(g => JsonNode.DeepEquals(g, i))).ToArray())
                list.Remove(item);
        }
        else if (name == Retain && value is JsonArray kept)
        {
            var names = kept.Select(k => k.Text()).ToHashSet();
            foreach (var drop in target.Select(p => p.Key).Where(k => !names.Contains(k)).ToArray())
                target.Remove(drop);
        }
    }
}
