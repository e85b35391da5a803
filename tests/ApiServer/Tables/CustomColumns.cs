// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;

namespace LoadBalancer.ApiServer.Tables;

/// <summary>additionalPrinterColumns of a definition.</summary>
public static partial class CustomColumns
{
    public static List<Column> For(ResourceType type, string version)
    {
        var columns = new List<Column> { new("Name", "string", 0, static (n, _) => n.Text("metadata", "name")) };
        var declared = (type.Definition.List("spec", "versions") ?? []).FirstOrDefault(v => v.Text("name") == version).List("additionalPrinterColumns");
        if (declared is null or { Count: 0 })
        {
            columns.Add(new("Age", "string", 0, static (n, now) => TableBuilder.Age(n.At("metadata", "creationTimestamp"), now)));
            return columns;
        }

        foreach (var column in declared)
        {
            var path = column.Text("jsonPath") ?? "";
            var kind = column.Text("type") ?? "string";
            columns.Add(new(column.Text("name") ?? "", kind == "date" ? "string" : kind, (int)(column.Whole("priority") ?? 0), (n, now) => Cell(n, path, kind, now)));
        }

        return columns;
    }

    private static JsonNode? Cell(JsonObject node, string path, string kind, DateTimeOffset now)
    {
        var found = Find(node, path);
        if (found is null)
            return null;
        if (kind == "date")
            return TableBuilder.Age(found, now);
        return found is JsonValue && (kind != "string" || found.Text() is not null) ? found.DeepClone() : found.ToJsonString(JsonTree.Options);
    }

    private static JsonNode? Find(JsonNode? node, string path)
    {
        foreach (Match part in Step().Matches(path))
        {
            if (part.Groups["name"].Success)
                node = node.At(part.Groups["name"].Value.Replace("\\.", ".", StringComparison.Ordinal));
            else if (part.Groups["index"].Success)
                node = node is JsonArray list && int.Parse(part.Groups["index"].Value, System.Globalization.CultureInfo.InvariantCulture) is var i && i < list.Count ? list[i] : null;
            else if (part.Groups["key"].Success)
                node = node is JsonArray items ? items.FirstOrDefault(x => x.Text(part.Groups["key"].Value) == part.Groups["value"].Value) : null;
            else if (node is JsonArray all)
                node = all.Count > 0 ? all[0] : null;
        }

        return node;
    }

    [GeneratedRegex(@"\.(?<name>(?:\\\.|[\w/-])+)|\['(?<name>[^']+)'\]|\[(?<index>\d+)\]|\[\?\(@\.(?<key>\w+)\s*==\s*[""'](?<value>[^""']*)[""']\)\]|\[\*\]")]
    private static partial Regex Step();
}
