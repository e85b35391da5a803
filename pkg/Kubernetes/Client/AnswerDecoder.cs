// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>Reads answers of the server. Anything malformed is a named problem or an exception that <see cref="IsMalformed"/> knows.</summary>
internal static class AnswerDecoder
{
    private const int ExcerptChars = 200;

    internal static T Object<T>(ReadOnlySpan<byte> body, ResourceKind<T> kind)
        where T : class, IKubeObject =>
        JsonSerializer.Deserialize(body, kind.Type) ?? throw new JsonException("null instead of an object");

    // The reader says "invalid operation" of a token of another type, and "format" of a number out of range.
    internal static bool IsMalformed(Exception fault) => fault is JsonException or InvalidOperationException or FormatException;

    // Items are decoded one at a time: one that does not decode must not take the whole list with it.
    internal static ListPage<T> List<T>(ReadOnlySpan<byte> body, ResourceKind<T> kind)
        where T : class, IKubeObject
    {
        var page = new ListPage<T>();
        var sawMetadata = false;
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("a list is expected");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                var metadata = JsonSerializer.Deserialize(ref reader, KubeJson.Of<ListMeta>());
                page.ResourceVersion = metadata?.ResourceVersion ?? "";
                page.Continue = metadata?.Continue ?? "";
                sawMetadata = true;
            }
            else if (reader.ValueTextEquals("items"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null) continue;
                if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("items must be a list");
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) Item(Slice(body, ref reader), kind, page);
            }
            else
            {
                reader.Skip();
            }
        }
        return sawMetadata ? page : throw new JsonException("a list without metadata");
    }

    internal static WatchEvent<T> Watch<T>(ReadOnlySpan<byte> line, ResourceKind<T> kind)
        where T : class, IKubeObject
    {
        string? type = null;
        ReadOnlySpan<byte> content = default;
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("a watch event is expected");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.GetString();
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                reader.Read();
                content = Slice(line, ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
        return type switch
        {
            "ADDED" => Changed(WatchEventType.Added, content, kind),
            "MODIFIED" => Changed(WatchEventType.Modified, content, kind),
            "DELETED" => Changed(WatchEventType.Deleted, content, kind),
            "BOOKMARK" => new(WatchEventType.Bookmark, null, Metadata(content).ResourceVersion ?? ""),
            "ERROR" => throw ApiErrors.FromWatch(JsonSerializer.Deserialize(content, KubeJson.Of<ApiStatus>()) ?? new(), kind.ToString()),
            _ => throw new JsonException("a watch event of unknown type"),
        };
    }

    /// <summary>The Status in an error's body, or null.</summary>
    internal static ApiStatus? Status(ReadOnlySpan<byte> body)
    {
        var start = body.IndexOfAnyExcept((byte)' ', (byte)'\n', (byte)'\r');
        if (start < 0 || body[start] != '{') return null;
        try
        {
            var status = JsonSerializer.Deserialize(body, KubeJson.Of<ApiStatus>());
            return status?.Kind == "Status" ? status : null;
        }
        catch (Exception fault) when (IsMalformed(fault))
        {
            return null;
        }
    }

    /// <summary>The beginning of an answer, in one printable line.</summary>
    internal static string Excerpt(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return "nothing";
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, ExcerptChars)]);
        var line = new StringBuilder(text.Length + 8).Append('\'');
        foreach (var letter in text) line.Append(char.IsControl(letter) ? ' ' : letter);
        line.Append('\'');
        if (body.Length > ExcerptChars) line.Append(" ...");
        return line.ToString();
    }

    private static void Item<T>(ReadOnlySpan<byte> item, ResourceKind<T> kind, ListPage<T> page)
        where T : class, IKubeObject
    {
        try
        {
            page.Items.Add(Object(item, kind));
        }
        catch (Exception fault) when (IsMalformed(fault))
        {
            page.Unreadable.Add(new(Metadata(item), Problem(kind.Kind, Metadata(item), fault)));
        }
    }

    private static WatchEvent<T> Changed<T>(WatchEventType type, ReadOnlySpan<byte> content, ResourceKind<T> kind)
        where T : class, IKubeObject
    {
        try
        {
            var changed = Object(content, kind);
            return new(type, changed, changed.Metadata.ResourceVersion ?? "");
        }
        catch (Exception fault) when (IsMalformed(fault))
        {
            var metadata = Metadata(content);
            return new(WatchEventType.Unreadable, null, metadata.ResourceVersion ?? "", Problem(kind.Kind, metadata, fault));
        }
    }

    private static ObjectMeta Metadata(ReadOnlySpan<byte> content) =>
        JsonSerializer.Deserialize(content, KubeJson.Of<PartialObject>())?.Metadata ?? new();

    private static string Problem(string kind, ObjectMeta metadata, Exception fault) =>
        $"{kind} {metadata.Namespace}/{metadata.Name} cannot be read: the field {(fault as JsonException)?.Path ?? "$"} does not have the expected type; correct the object.";

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> whole, scoped ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return whole[start..(int)reader.BytesConsumed];
    }
}
