// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LoadBalancer.Lab.Cluster;

/// <summary>Reads Kubernetes manifests as JSON.</summary>
public static class Manifests
{
    /// <summary>Every document of a YAML text.</summary>
    public static IReadOnlyList<JsonNode> Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(d => ToJson(d.RootNode)).OfType<JsonObject>()];
    }

    /// <summary>Every document of the YAML files of a directory, in the order of their names, without kustomizations.</summary>
    public static IReadOnlyList<JsonNode> ReadDirectory(string directory, Func<string, string>? edit = null)
    {
        var found = new List<JsonNode>();
        foreach (var file in Directory.EnumerateFiles(directory, "*.yaml").Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(file) == "kustomization.yaml")
                continue;
            var text = File.ReadAllText(file);
            found.AddRange(Read(edit is null ? text : edit(text)));
        }

        return found;
    }

    private static JsonNode? ToJson(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                var members = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                    members[((YamlScalarNode)key).Value ?? ""] = ToJson(value);
                return members;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(ToJson)]);
            case YamlScalarNode scalar:
                return Scalar(scalar);
            default:
                throw new FormatException($"A manifest holds a YAML alias at line {node.Start.Line}; write the value out.");
        }
    }

    /// <summary>Plain scalars have the type they look like (YAML 1.2 core schema), quoted ones are strings.</summary>
    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
            return JsonValue.Create(text);
        return text switch
        {
            "" or "~" or "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && text.Any(char.IsAsciiDigit) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
