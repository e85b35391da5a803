// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Storage;

/// <summary>One revision of one object: immutable, serialised once, so that lists and watches copy bytes.</summary>
public sealed class StoredObject
{
    private JsonObject? _node;

    private StoredObject(string key, long revision, byte[] bytes, int prefixLength)
    {
        (Key, Revision, Bytes, PrefixLength) = (key, revision, bytes, prefixLength);
    }

    public string Key { get; }

    public long Revision { get; }

    /// <summary>The whole object; kind and apiVersion come first and fill the prefix.</summary>
    public byte[] Bytes { get; }

    public int PrefixLength { get; }

    /// <summary>Everything behind kind and apiVersion: what another served version shares.</summary>
    public ReadOnlyMemory<byte> Body => Bytes.AsMemory(PrefixLength);

    /// <summary>A tree for reading only. Parsing twice in a race is harmless: both trees are equal.</summary>
    public JsonObject Node => _node ??= JsonTree.ParseObject(Bytes);

    public string Name => Node.Text("metadata", "name") ?? "";

    public string Namespace => Node.Text("metadata", "namespace") ?? "";

    public string Uid => Node.Text("metadata", "uid") ?? "";

    public JsonObject Copy() => JsonTree.ParseObject(Bytes);

    public static byte[] Prefix(string kind, string apiVersion) =>
        Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind}\",\"apiVersion\":\"{apiVersion}\",");

    public static StoredObject Seal(string key, long revision, JsonObject node)
    {
        var kind = node.Text("kind") ?? "";
        var apiVersion = node.Text("apiVersion") ?? "";
        node.Child("metadata")["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new StoredObject(key, revision, Serialize(node, kind, apiVersion), Prefix(kind, apiVersion).Length);
    }

    public static byte[] Serialize(JsonObject node, string kind, string apiVersion)
    {
        using var stream = new MemoryStream(1024);
        using (var writer = new System.Text.Json.Utf8JsonWriter(stream, JsonTree.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            writer.WriteString("apiVersion", apiVersion);
            Write(writer, node, "metadata");
            foreach (var (name, value) in node)
            {
                if (name is "kind" or "apiVersion" or "metadata" or "status" || value is null)
                    continue;
                writer.WritePropertyName(name);
                value.WriteTo(writer, JsonTree.Options);
            }

            Write(writer, node, "status");
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(System.Text.Json.Utf8JsonWriter writer, JsonObject node, string name)
    {
        if (node[name] is not { } value)
            return;
        writer.WritePropertyName(name);
        value.WriteTo(writer, JsonTree.Options);
    }
}
