// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;
using Microsoft.AspNetCore.Http;

namespace LoadBalancer.ApiServer.Tables;

/// <summary>Tables as kubectl prints them.</summary>
public static class TableBuilder
{
    public static string IncludeObject(HttpContext http) => http.Request.Query["includeObject"].ToString() is { Length: > 0 } mode ? mode : "Metadata";

    public static JsonObject Build(ResourceType type, string version, IEnumerable<JsonObject> nodes, DateTimeOffset now, string includeObject)
    {
        var columns = type.IsCustom ? CustomColumns.For(type, version) : BuiltinColumns.For(type);
        var rows = new JsonArray();
        foreach (var node in nodes)
        {
            var row = new JsonObject { ["cells"] = new JsonArray([.. columns.Select(c => c.Cell(node, now))]) };
            if (includeObject == "Object")
            {
                var whole = (JsonObject)node.DeepClone();
                whole["apiVersion"] = type.ApiVersion(version);
                row["object"] = whole;
            }
            else if (includeObject == "Metadata")
            {
                row["object"] = new JsonObject { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = node["metadata"]?.DeepClone() };
            }

            rows.Add(row);
        }

        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["columnDefinitions"] = new JsonArray([.. columns.Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["type"] = c.Type, ["format"] = c.Name == "Name" ? "name" : "", ["description"] = c.Name, ["priority"] = c.Priority })]),
            ["rows"] = rows,
        };
    }

    public static string Age(JsonNode? timestamp, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(timestamp.Text(), CultureInfo.InvariantCulture, out var then))
            return "<unknown>";
        var age = now - then;
        return age switch
        {
            { TotalSeconds: < 120 } => $"{Math.Max(0, (int)age.TotalSeconds)}s",
            { TotalMinutes: < 10 } when age.Seconds > 0 => $"{(int)age.TotalMinutes}m{age.Seconds}s",
            { TotalHours: < 3 } => $"{(int)age.TotalMinutes}m",
            { TotalHours: < 8 } when age.Minutes > 0 => $"{(int)age.TotalHours}h{age.Minutes}m",
            { TotalHours: < 48 } => $"{(int)age.TotalHours}h",
            { TotalDays: < 8 } when age.Hours > 0 => $"{(int)age.TotalDays}d{age.Hours}h",
            _ => $"{(int)age.TotalDays}d",
        };
    }
}
