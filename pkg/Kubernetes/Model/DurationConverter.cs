// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LoadBalancer.Config;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>metav1.Duration: numbers with units, such as <c>1.1s</c>, <c>500ms</c> or <c>1h30m</c>.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return DurationText.TryParse(text, out TimeSpan duration) ? duration : throw new JsonException($"'{text}' is not a duration such as 30s, 500ms or 1h30m");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0.###}ms"));
    }
}
