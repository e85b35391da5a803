// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>
/// Labels and annotations. Keys repeat on every object, so they are interned; an annotation that repeats the whole object
/// is left out, because it would double what a cache holds.
/// </summary>
public sealed class StringMapConverter : JsonConverter<IReadOnlyDictionary<string, string>>
{
    internal static readonly IReadOnlyDictionary<string, string> Empty = FrozenDictionary<string, string>.Empty;

    private static ReadOnlySpan<byte> LastApplied => "kubectl.kubernetes.io/last-applied-configuration"u8;

    public override IReadOnlyDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return Empty;
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("expected a map of strings");
        Dictionary<string, string>? map = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(LastApplied))
            {
                reader.Skip();
                continue;
            }
            var key = StringInterner.Read(ref reader);
            reader.Read();
            var value = reader.TokenType == JsonTokenType.Null ? "" : StringInterner.Read(ref reader);
            (map ??= new(StringComparer.Ordinal))[key] = value;
        }
        return map ?? Empty;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value) writer.WriteString(key, text);
        writer.WriteEndObject();
    }
}
