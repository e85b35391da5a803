// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Schemas;

/// <summary>Validates a value against a structural schema.</summary>
public static class SchemaValidator
{
    public static void Validate(JsonNode? node, JsonObject schema, string at, List<FieldError> errors)
    {
        if (node is null)
        {
            if (schema.Flag("nullable") != true)
                errors.Add(FieldError.WrongType(at, "null", $"{at} in body must be of type {schema.Text("type")}: \"null\""));
            return;
        }

        if (!TypeHolds(node, schema))
        {
            errors.Add(FieldError.WrongType(at, KindOf(node), $"{at} in body must be of type {schema.Text("type") ?? "integer,string"}: \"{KindOf(node)}\""));
            return;
        }

        if (schema.List("enum") is { } allowed && !allowed.Any(a => JsonNode.DeepEquals(a, node)))
            errors.Add(FieldError.NotSupported(at, node, allowed.Select(a => a.Text() ?? a?.ToJsonString() ?? "null")));
        switch (node)
        {
            case JsonObject map:
                Map(map, schema, at, errors);
                break;
            case JsonArray list:
                Items(list, schema, at, errors);
                break;
            default:
                if (node.Text() is { } text)
                    Text(text, schema, at, errors);
                else if (node.Number() is { } number)
                    Number(node, number, schema, at, errors);
                break;
        }

        Combined(node, schema, at, errors);
    }

    private static void Map(JsonObject map, JsonObject schema, string at, List<FieldError> errors)
    {
        var properties = schema.Map("properties") ?? [];
        foreach (var name in schema.Texts("required").Where(n => !map.ContainsKey(n)))
            errors.Add(FieldError.Required(Join(at, name)));
        if (schema.Whole("maxProperties") is { } most && map.Count > most)
            errors.Add(FieldError.TooMany(at, map.Count, (int)most));
        if (schema.Whole("minProperties") is { } least && map.Count < least)
            errors.Add(FieldError.Invalid(at, map, $"{at} in body should have at least {least} properties"));
        foreach (var (name, value) in map)
        {
            if (at.Length == 0 && name is "apiVersion" or "kind" or "metadata")
                continue;
            if (properties[name] is JsonObject child)
            {
                // A null where null is not allowed and no default stands is taken as absent, as the real server does.
                if (value is null && child.Flag("nullable") != true && child["default"] is null)
                    continue;
                Validate(value, child, Join(at, name), errors);
            }
            else if (schema.Map("additionalProperties") is { } additional)
            {
                Validate(value, additional, Join(at, name), errors);
            }
        }
    }

    private static void Items(JsonArray list, JsonObject schema, string at, List<FieldError> errors)
    {
        if (schema.Whole("maxItems") is { } most && list.Count > most)
            errors.Add(FieldError.TooMany(at, list.Count, (int)most));
        if (schema.Whole("minItems") is { } least && list.Count < least)
            errors.Add(FieldError.Invalid(at, list.Count, $"{at} in body should have at least {least} items"));
        var keys = schema.Texts("x-kubernetes-list-map-keys").ToArray();
        var isSet = schema.Text("x-kubernetes-list-type") == "set";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            if (schema.Map("items") is { } items)
                Validate(list[i], items, $"{at}[{i}]", errors);
            if (isSet && !seen.Add(list[i]?.ToJsonString() ?? ""))
                errors.Add(FieldError.Duplicate($"{at}[{i}]", list[i]));
            else if (keys.Length > 0 && !seen.Add(string.Join('|', keys.Select(k => list[i].At(k)?.ToJsonString()))))
                errors.Add(FieldError.Duplicate($"{at}[{i}]", new JsonObject(keys.Select(k => KeyValuePair.Create(k, list[i].At(k)?.DeepClone())))));
        }
    }

    private static void Text(string text, JsonObject schema, string at, List<FieldError> errors)
    {
        var length = text.EnumerateRunes().Count();
        if (schema.Whole("maxLength") is { } most && length > most)
            errors.Add(FieldError.TooLong(at, (int)most));
        if (schema.Whole("minLength") is { } least && length < least)
            errors.Add(FieldError.Invalid(at, text, $"{at} in body should be at least {least} chars long"));
        if (schema.Text("pattern") is { } pattern && !Pattern.Matches(pattern, text))
            errors.Add(FieldError.Invalid(at, text, $"{at} in body should match '{pattern}'"));
        var fits = schema.Text("format") switch
        {
            "ipv4" => IPAddress.TryParse(text, out var four) && four.GetAddressBytes().Length == 4,
            "ipv6" => IPAddress.TryParse(text, out var six) && six.GetAddressBytes().Length == 16,
            "cidr" => IPNetwork.TryParse(text, out _),
            "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
            "duration" => Cel.GoDuration.TryParse(text, out _),
            "uuid" => Guid.TryParse(text, out _),
            _ => true,
        };
        if (!fits)
            errors.Add(FieldError.Invalid(at, text, $"{at} in body must be of type {schema.Text("format")}: \"{text}\""));
    }

    private static void Number(JsonNode node, double number, JsonObject schema, string at, List<FieldError> errors)
    {
        if (schema["minimum"].Number() is { } least && (number < least || (schema.Flag("exclusiveMinimum") == true && number <= least)))
            errors.Add(FieldError.Invalid(at, node, $"{at} in body should be greater than{(schema.Flag("exclusiveMinimum") == true ? "" : " or equal to")} {least.ToString(CultureInfo.InvariantCulture)}"));
        if (schema["maximum"].Number() is { } most && (number > most || (schema.Flag("exclusiveMaximum") == true && number >= most)))
            errors.Add(FieldError.Invalid(at, node, $"{at} in body should be less than{(schema.Flag("exclusiveMaximum") == true ? "" : " or equal to")} {most.ToString(CultureInfo.InvariantCulture)}"));
        if (schema["multipleOf"].Number() is { } step && number % step != 0)
            errors.Add(FieldError.Invalid(at, node, $"{at} in body should be a multiple of {step.ToString(CultureInfo.InvariantCulture)}"));
        if (schema.Text("format") == "int32" && number is < int.MinValue or > int.MaxValue)
            errors.Add(FieldError.Invalid(at, node, $"{at} in body must be of type int32: \"{number.ToString(CultureInfo.InvariantCulture)}\""));
    }

    private static void Combined(JsonNode node, JsonObject schema, string at, List<FieldError> errors)
    {
        foreach (var part in (schema.List("allOf") ?? []).OfType<JsonObject>())
            Validate(node, Typed(part), at, errors);
        foreach (var (field, exactlyOne) in new[] { ("anyOf", false), ("oneOf", true) })
        {
            if (schema.List(field) is not { Count: > 0 } parts)
                continue;
            var holding = parts.OfType<JsonObject>().Count(p => Holds(node, p, at));
            if (holding == 0 || (exactlyOne && holding > 1))
                errors.Add(FieldError.Invalid(at, node, exactlyOne ? $"{at} in body must validate one and only one schema (oneOf)" : $"{at} in body must validate at least one schema (anyOf)"));
        }

        if (schema.Map("not") is { } not && Holds(node, not, at))
            errors.Add(FieldError.Invalid(at, node, $"{at} in body must not validate the schema (not)"));
    }

    private static bool Holds(JsonNode node, JsonObject schema, string at)
    {
        var inner = new List<FieldError>();
        Validate(node, Typed(schema), at, inner);
        return inner.Count == 0;
    }

    private static JsonObject Typed(JsonObject schema) => schema;

    private static string Join(string at, string name) => at.Length == 0 ? name : at + "." + name;

    private static bool TypeHolds(JsonNode node, JsonObject schema)
    {
        var kind = KindOf(node);
        if (schema.Flag("x-kubernetes-int-or-string") == true)
            return kind is "integer" or "string";
        return schema.Text("type") is not { } type || type == kind || (type == "number" && kind == "integer");
    }

    private static string KindOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => node.Whole() is null ? "number" : "integer",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
