// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Resources;
using LoadBalancer.ApiServer.Storage;

namespace LoadBalancer.ApiServer.Persistence;

/// <summary>An append log of changes, one JSON line each; rewritten whole, by rename, when it is opened.</summary>
public sealed class DataFile : IAsyncDisposable
{
    private readonly Channel<byte[]> _lines = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly FileStream _file;
    private readonly Task _writing;

    private DataFile(FileStream file, byte[] signingKey)
    {
        (_file, SigningKey) = (file, signingKey);
        _writing = WriteAsync();
    }

    /// <summary>Kept with the data, so that tokens issued before a restart stay good.</summary>
    public byte[] SigningKey { get; }

    public static DataFile Open(string path, ResourceRegistry registry)
    {
        var objects = new Dictionary<(string Id, string Key), JsonObject>();
        var key = RandomNumberGenerator.GetBytes(32);
        var highest = 0L;
        if (File.Exists(path))
        {
            foreach (var line in File.ReadLines(path))
            {
                // A line cut short by a crash is the last one; what came before it stands.
                if (TryParse(line) is not { } entry)
                    break;
                if (entry.Text("signingKey") is { } text)
                {
                    key = Convert.FromBase64String(text);
                    highest = Math.Max(highest, entry.Whole("revision") ?? 0);
                    continue;
                }

                var at = (entry.Text("id") ?? "", entry.Text("key") ?? "");
                highest = Math.Max(highest, entry.Whole("revision") ?? 0);
                if (entry.Map("object") is { } node)
                    objects[at] = node;
                else
                    objects.Remove(at);
            }
        }

        var fresh = path + ".new";
        using (var snapshot = new StreamWriter(fresh))
        {
            snapshot.WriteLine(new JsonObject { ["signingKey"] = Convert.ToBase64String(key), ["revision"] = highest }.ToJsonString());
            foreach (var ((id, objectKey), node) in objects)
            {
                var revision = long.Parse(node.Text("metadata", "resourceVersion")!, System.Globalization.CultureInfo.InvariantCulture);
                var slash = id.IndexOf('/', StringComparison.Ordinal);
                registry.Store(id[..slash], id[(slash + 1)..]).Restore(StoredObject.Seal(objectKey, revision, node));
                snapshot.WriteLine(new JsonObject { ["id"] = id, ["key"] = objectKey, ["revision"] = revision, ["object"] = node.DeepClone() }.ToJsonString());
            }
        }

        registry.AtLeast(highest);
        File.Move(fresh, path, overwrite: true);
        return new DataFile(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read), key);
    }

    public void Append(string id, StoreEvent change)
    {
        using var line = new MemoryStream(change.Current.Bytes.Length + 128);
        using (var writer = new Utf8JsonWriter(line))
        {
            writer.WriteStartObject();
            writer.WriteString("id", id);
            writer.WriteString("key", change.Current.Key);
            writer.WriteNumber("revision", change.Revision);
            if (!change.Removed)
            {
                writer.WritePropertyName("object");
                writer.WriteRawValue(change.Current.Bytes, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        _lines.Writer.TryWrite(line.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.Complete();
        await _writing;
        await _file.DisposeAsync();
    }

    private static JsonObject? TryParse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task WriteAsync()
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out var line))
                await _file.WriteAsync(line);
            await _file.FlushAsync();
        }
    }
}
