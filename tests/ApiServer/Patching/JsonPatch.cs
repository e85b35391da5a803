// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Patching;

/// <summary>RFC 6902.</summary>
public static class JsonPatch
{
    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        JsonNode root = target;
        foreach (var operation in operations)
        {
            var path = operation.Text("path") ?? throw ApiException.BadRequest("a JSON patch operation needs a path");
            var value = operation.At("value");
            switch (operation.Text("op"))
            {
                case "add":
                    root = Add(root, path, value?.DeepClone());
                    break;
                case "remove":
                    _ = Remove(root, path);
                    break;
                case "replace":
                    if (path.Length > 0)
                        _ = Remove(root, path);
                    root = Add(root, path, value?.DeepClone());
                    break;
                case "move":
                    root = Add(root, path, Remove(root, operation.Text("from") ?? ""));
                    break;
                case "copy":
                    root = Add(root, path, Find(root, operation.Text("from") ?? "")?.DeepClone());
                    break;
                case "test":
                    if (!JsonNode.DeepEquals(Find(root, path), value))
                        throw Failed($"testing value {path} failed");
                    break;
                default:
                    throw Failed($"unexpected kind: {operation.Text("op")}");
            }
        }

        return root as JsonObject ?? throw Failed("the result is not an object");
    }

    private static ApiException Failed(string why) => new(422, "Invalid", "the server rejected our request due to an error in our request: " + why);

    private static string[] Parts(string path) =>
        path.Length == 0 ? [] : [.. path[1..].Split('/').Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];

    private static JsonNode? Find(JsonNode root, string path)
    {
        JsonNode? node = root;
        foreach (var part in Parts(path))
        {
            node = node switch
            {
                JsonObject map when map.TryGetPropertyValue(part, out var child) => child,
                JsonArray list when int.TryParse(part, CultureInfo.InvariantCulture, out var index) && index >= 0 && index < list.Count => list[index],
                _ => throw Failed($"doc is missing path: {path}: missing value"),
            };
        }

        return node;
    }

    private static JsonNode Add(JsonNode root, string path, JsonNode? value)
    {
        if (path.Length == 0)
            return value ?? throw Failed("the result is null");
        var cut = path.LastIndexOf('/');
        var last = Parts(path)[^1];
        switch (Find(root, path[..cut]))
        {
            case JsonObject map:
                map[last] = value;
                break;
            case JsonArray list when last == "-":
                list.Add(value);
                break;
            case JsonArray list when int.TryParse(last, CultureInfo.InvariantCulture, out var index) && index >= 0 && index <= list.Count:
                list.Insert(index, value);
                break;
            default:
                throw Failed($"add operation does not apply: doc is missing path: {path}");
        }

        return root;
    }

    private static JsonNode? Remove(JsonNode root, string path)
    {
        var found = Find(root, path);
        var cut = path.LastIndexOf('/');
        var last = Parts(path)[^1];
        switch (Find(root, path[..cut]))
        {
            case JsonObject map:
                map.Remove(last);
                break;
            case JsonArray list when int.TryParse(last, CultureInfo.InvariantCulture, out var index):
                list.RemoveAt(index);
                break;
            default:
                throw Failed($"remove operation does not apply: {path}");
        }

        return found;
    }
}
