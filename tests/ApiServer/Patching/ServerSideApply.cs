// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Http;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Patching;

/// <summary>
/// Server-side apply: what the manager applied before and leaves out now goes, the rest is merged. Ownership is kept per
/// map field and per element of a list with a merge key; other lists are replaced whole.
/// </summary>
public static class ServerSideApply
{
    public static JsonObject Apply(RequestContext request, JsonObject live, JsonObject applied, DateTimeOffset now)
    {
        if (applied.List("metadata", "managedFields") is { Count: > 0 })
            throw ApiException.BadRequest("metadata.managedFields must be nil");
        var entries = live.List("metadata", "managedFields") ?? [];
        var mine = entries.FirstOrDefault(e => e.Text("manager") == request.FieldManager && e.Text("operation") == "Apply" && (e.Text("subresource") ?? "") == request.Info.Subresource);
        var owned = Fields(applied, root: true);
        var others = entries.Where(e => e != mine && e.Text("operation") == "Apply").ToArray();
        if (request.Http.Request.Query["force"] != "true")
            CheckConflicts(live, applied, owned, others);
        if (mine?.Map("fieldsV1") is { } before)
            RemoveLeftOut(live, before, owned, [.. others.Select(o => o.Map("fieldsV1")).OfType<JsonObject>()]);
        var result = StrategicMergePatch.Apply(live, (JsonObject)applied.DeepClone());
        var list = new JsonArray();
        foreach (var entry in entries.Where(e => e != mine).ToArray())
            list.Add(entry!.DeepClone());
        list.Add(Entry(request, owned, now));
        result.Child("metadata")["managedFields"] = list;
        return result;
    }

    private static JsonObject Entry(RequestContext request, JsonObject owned, DateTimeOffset now)
    {
        var entry = new JsonObject
        {
            ["manager"] = request.FieldManager,
            ["operation"] = "Apply",
            ["apiVersion"] = request.Type.ApiVersion(request.Version),
            ["time"] = JsonTree.Rfc3339(now),
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = owned,
        };
        if (request.Info.Subresource.Length > 0)
            entry["subresource"] = request.Info.Subresource;
        return entry;
    }

    private static JsonObject Fields(JsonObject node, bool root)
    {
        var fields = new JsonObject();
        foreach (var (name, value) in node)
        {
            if (root && name is "apiVersion" or "kind")
                continue;
            if (root && name == "metadata" && value is JsonObject metadata)
            {
                var inner = Fields(metadata, root: false);
                foreach (var own in new[] { "f:name", "f:namespace", "f:resourceVersion", "f:uid", "f:creationTimestamp" })
                    inner.Remove(own);
                if (inner.Count > 0)
                    fields["f:metadata"] = inner;
                continue;
            }

            fields["f:" + name] = value switch
            {
                JsonObject { Count: > 0 } map => Fields(map, root: false),
                JsonArray list when StrategicMergePatch.MergeKey(name, list, null) is { Length: > 0 } key => Elements(list, key),
                _ => new JsonObject(),
            };
        }

        return fields;
    }

    private static JsonObject Elements(JsonArray list, string key)
    {
        var elements = new JsonObject();
        foreach (var item in list.OfType<JsonObject>())
            elements["k:" + new JsonObject { [key] = item[key]?.DeepClone() }.ToJsonString()] = Fields(item, root: false);
        return elements;
    }

    private static void RemoveElements(JsonArray live, JsonObject before, JsonObject owned, JsonObject[] others)
    {
        foreach (var (element, fields) in before)
        {
            var identity = element.StartsWith("k:", StringComparison.Ordinal) ? JsonNode.Parse(element[2..])!.AsObject() : null;
            if (identity is null || live.OfType<JsonObject>().FirstOrDefault(i => identity.All(k => JsonNode.DeepEquals(i[k.Key], k.Value))) is not { } item)
                continue;
            if (!owned.ContainsKey(element) && !others.Any(o => o.ContainsKey(element)))
                live.Remove(item);
            else
                RemoveLeftOut(item, fields as JsonObject ?? [], owned[element] as JsonObject ?? [], [.. others.Select(o => o[element]).OfType<JsonObject>()]);
        }
    }

    private static void RemoveLeftOut(JsonObject live, JsonObject before, JsonObject owned, JsonObject[] others)
    {
        foreach (var (field, inner) in before)
        {
            var name = field[2..];
            if (!owned.ContainsKey(field) && !others.Any(o => o.ContainsKey(field)) && inner is not JsonObject { Count: > 0 })
                live.Remove(name);
            else if (inner is JsonObject { Count: > 0 } deeper && live[name] is JsonObject child)
                RemoveLeftOut(child, deeper, owned[field] as JsonObject ?? [], [.. others.Select(o => o[field]).OfType<JsonObject>()]);
            else if (inner is JsonObject { Count: > 0 } elements && live[name] is JsonArray list)
                RemoveElements(list, elements, owned[field] as JsonObject ?? [], [.. others.Select(o => o[field]).OfType<JsonObject>()]);
        }
    }

    private static void CheckConflicts(JsonObject live, JsonObject applied, JsonObject owned, JsonNode?[] others)
    {
        var causes = new JsonArray();
        foreach (var other in others)
        {
            foreach (var path in Leaves(owned, other?.Map("fieldsV1") ?? [], []))
            {
                if (!JsonNode.DeepEquals(live.At(path), applied.At(path)))
                    causes.Add(new JsonObject { ["reason"] = "FieldManagerConflict", ["message"] = $"conflict with \"{other.Text("manager")}\"", ["field"] = "." + string.Join('.', path) });
            }
        }

        if (causes.Count > 0)
            throw new ApiException(409, "Conflict", $"Apply failed with {causes.Count} conflict{(causes.Count == 1 ? "" : "s")}: {causes[0].Text("message")}: {causes[0].Text("field")}", new JsonObject { ["causes"] = causes });
    }

    private static IEnumerable<string[]> Leaves(JsonObject a, JsonObject b, string[] path)
    {
        foreach (var (field, inner) in a)
        {
            if (!b.TryGetPropertyValue(field, out var other))
                continue;
            string[] at = [.. path, field[2..]];
            // Two that own different elements of a list do not disagree on it.
            if (inner is JsonObject { Count: > 0 } mine && other is JsonObject { Count: > 0 } theirs && mine.All(e => e.Key.StartsWith("k:", StringComparison.Ordinal)))
            {
                if (mine.Any(e => theirs.ContainsKey(e.Key)))
                    yield return at;
            }
            else if (inner is JsonObject { Count: > 0 } map && other is JsonObject { Count: > 0 } otherMap)
            {
                foreach (var leaf in Leaves(map, otherMap, at))
                    yield return leaf;
            }
            else
            {
                yield return at;
            }
        }
    }
}
