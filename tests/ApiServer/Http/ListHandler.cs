// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Selectors;
using LoadBalancer.ApiServer.Storage;
using LoadBalancer.ApiServer.Tables;

namespace LoadBalancer.ApiServer.Http;

/// <summary>Lists, whole or in chunks of one snapshot; a chunk asked for after compaction is 410.</summary>
public sealed class ListHandler(TimeProvider clock)
{
    private const int KeptSnapshots = 64;
    private readonly ConcurrentDictionary<string, Snapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>Drops what continue tokens refer to.</summary>
    public void Forget() => _snapshots.Clear();

    public Task HandleAsync(RequestContext request)
    {
        var query = request.Http.Request.Query;
        var labels = LabelSelector.Parse(query["labelSelector"]);
        var fields = FieldSelector.Parse(query["fieldSelector"], request.Type);
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var given) && given > 0 ? given : int.MaxValue;
        var (snapshot, after) = Open(request, query["continue"].ToString());
        var prefix = request.Type.Namespaced && request.Info.Namespace.Length > 0 ? request.Info.Namespace + "/" : "";
        var wholeName = request.Info.Name.Length > 0 ? prefix + request.Info.Name : null;
        var page = new List<StoredObject>();
        var remaining = 0L;
        foreach (var (key, stored) in snapshot.Objects)
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal) || (wholeName is not null && key != wholeName))
                continue;
            if (after is not null && string.CompareOrdinal(key, after) <= 0)
                continue;
            if ((labels is not null && !labels.Matches(stored.Node)) || (fields is not null && !fields.Matches(stored.Node)))
                continue;
            if (page.Count < limit)
                page.Add(stored);
            else
                remaining++;
        }

        var metadata = new JsonObject { ["resourceVersion"] = snapshot.Revision.ToString(CultureInfo.InvariantCulture) };
        if (remaining > 0)
        {
            metadata["continue"] = Keep(request, snapshot, page[^1].Key);
            if (labels is null && fields is null)
                metadata["remainingItemCount"] = remaining;
        }

        if (ResponseWriter.WantsTable(request.Http))
        {
            var table = TableBuilder.Build(request.Type, request.Version, page.Select(p => p.Node), clock.GetUtcNow(), TableBuilder.IncludeObject(request.Http));
            table["metadata"] = metadata;
            return ResponseWriter.WriteJsonAsync(request.Http, 200, table);
        }

        return WriteAsync(request, page, metadata);
    }

    private static Task WriteAsync(RequestContext request, List<StoredObject> page, JsonObject metadata)
    {
        var apiVersion = request.Type.ApiVersion(request.Version);
        var buffer = new ArrayBufferWriter<byte>(256 + page.Sum(p => p.Bytes.Length + 16));
        buffer.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{request.Type.ListKind}\",\"apiVersion\":\"{apiVersion}\",\"metadata\":{metadata.ToJsonString()},\"items\":["));

        // The items of built-in lists carry no kind of their own, those of custom resources do.
        var head = request.Type.IsCustom ? StoredObject.Prefix(request.Type.Kind, apiVersion) : "{"u8.ToArray();
        for (var i = 0; i < page.Count; i++)
        {
            if (i > 0)
                buffer.Write(","u8);
            buffer.Write(head);
            buffer.Write(page[i].Body.Span);
        }

        buffer.Write("]}"u8);
        return ResponseWriter.WriteBytesAsync(request.Http, 200, buffer.WrittenMemory);
    }

    private (Snapshot Snapshot, string? After) Open(RequestContext request, string token)
    {
        if (token.Length > 0)
        {
            try
            {
                var parsed = JsonTree.ParseObject(Convert.FromBase64String(token));
                var id = request.Type.QualifiedName + "@" + parsed.Whole("rv");
                return _snapshots.TryGetValue(id, out var kept)
                    ? (kept, parsed.Text("start"))
                    : throw ApiException.Gone("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results.");
            }
            catch (Exception e) when (e is FormatException or JsonException)
            {
                throw ApiException.BadRequest("continue key is not valid: " + e.Message);
            }
        }

        var snapshot = request.Type.Store.Snapshot();
        if (long.TryParse(request.Http.Request.Query["resourceVersion"], CultureInfo.InvariantCulture, out var asked) && asked > snapshot.Revision)
            throw new ApiException(504, "Timeout", $"Too large resource version: {asked}, current: {snapshot.Revision}", new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }), ["retryAfterSeconds"] = 1 }) { RetryAfterSeconds = 1 };
        return (snapshot, null);
    }

    private string Keep(RequestContext request, Snapshot snapshot, string last)
    {
        var id = request.Type.QualifiedName + "@" + snapshot.Revision;
        if (_snapshots.TryAdd(id, snapshot))
        {
            _order.Enqueue(id);
            if (_order.Count > KeptSnapshots && _order.TryDequeue(out var oldest))
                _snapshots.TryRemove(oldest, out _);
        }

        return Convert.ToBase64String(JsonTree.ToUtf8(new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = snapshot.Revision, ["start"] = last }));
    }
}
