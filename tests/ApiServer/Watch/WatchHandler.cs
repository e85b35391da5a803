// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Http;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Selectors;
using LoadBalancer.ApiServer.Storage;
using LoadBalancer.ApiServer.Tables;

namespace LoadBalancer.ApiServer.Watch;

/// <summary>Streams changes: every watcher walks the history of its resource alone and writes stored bytes.</summary>
public sealed class WatchHandler(TimeProvider clock, TimeSpan bookmarkInterval) : IDisposable
{
    private const int BatchSize = 256;
    private readonly Lock _gate = new();
    private CancellationTokenSource _all = new();

    /// <summary>Ends every watch that runs now, as a restart of the server would.</summary>
    public void DropAll()
    {
        CancellationTokenSource old;
        lock (_gate)
            (old, _all) = (_all, new CancellationTokenSource());
        old.Cancel();
    }

    public void Dispose() => _all.Dispose();

    public async Task HandleAsync(RequestContext request)
    {
        var http = request.Http;
        var query = http.Request.Query;
        var filter = new Filter(request, LabelSelector.Parse(query["labelSelector"]), FieldSelector.Parse(query["fieldSelector"], request.Type));
        var bookmarks = query["allowWatchBookmarks"] == "true";
        var initial = query["sendInitialEvents"] == "true";
        if (initial && (query["resourceVersionMatch"] != "NotOlderThan" || !bookmarks))
            throw new ApiException(422, "Invalid", "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan and allowWatchBookmarks");
        var timeout = int.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : 1800;
        var from = query["resourceVersion"].ToString();
        if (from.Length > 0 && !long.TryParse(from, CultureInfo.InvariantCulture, out _))
            throw ApiException.BadRequest($"resourceVersion: Invalid value: \"{from}\": strconv.ParseUint: parsing \"{from}\": invalid syntax");

        http.Response.ContentType = "application/json";
        http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
        using var expiry = new CancellationTokenSource(TimeSpan.FromSeconds(timeout), clock);
        CancellationToken dropped;
        lock (_gate)
            dropped = _all.Token;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, http.RequestAborted, dropped);
        var output = http.Response.BodyWriter;
        var encoder = new EventEncoder(request, clock);
        try
        {
            await http.Response.StartAsync(stop.Token);
            var position = Begin(request, filter, encoder, output, from, initial);
            await output.FlushAsync(stop.Token);
            if (position is { } start)
                await FollowAsync(request, filter, encoder, output, start, bookmarks, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (expiry.IsCancellationRequested && bookmarks && !http.RequestAborted.IsCancellationRequested)
            {
                encoder.Bookmark(output, request.Type.Store.Snapshot().Revision, initialEnd: false);
                await output.FlushAsync(http.RequestAborted);
            }

            if (dropped.IsCancellationRequested)
                http.Abort();
        }
    }

    private static long? Begin(RequestContext request, Filter filter, EventEncoder encoder, PipeWriter output, string from, bool initial)
    {
        if (from is not ("" or "0") && !initial)
        {
            if (request.Type.Store.TryPosition(long.Parse(from, CultureInfo.InvariantCulture), out var position))
                return position;
            EventEncoder.Gone(output, $"too old resource version: {from}");
            return null;
        }

        var snapshot = request.Type.Store.Snapshot();
        foreach (var stored in snapshot.Objects.Values.Where(filter.Matches))
            encoder.Write(output, "ADDED", stored);
        if (initial)
            encoder.Bookmark(output, snapshot.Revision, initialEnd: true);
        return snapshot.Position;
    }

    private async Task FollowAsync(RequestContext request, Filter filter, EventEncoder encoder, PipeWriter output, long position, bool bookmarks, CancellationToken stop)
    {
        var store = request.Type.Store;
        var batch = new List<StoreEvent>();
        while (true)
        {
            batch.Clear();
            if (!store.TryRead(ref position, batch, BatchSize, out var upTo))
            {
                EventEncoder.Gone(output, "too old resource version: the watch fell behind the history");
                await output.FlushAsync(stop);
                return;
            }

            foreach (var change in batch)
                Write(filter, encoder, output, change);
            if (batch.Count > 0)
            {
                await output.FlushAsync(stop);
                continue;
            }

            var more = store.WaitAsync(position);
            if (!bookmarks)
            {
                await more.WaitAsync(stop);
                continue;
            }

            try
            {
                await more.WaitAsync(bookmarkInterval, clock, stop);
            }
            catch (TimeoutException)
            {
                encoder.Bookmark(output, upTo, initialEnd: false);
                await output.FlushAsync(stop);
            }
        }
    }

    // An object that leaves the selection is DELETED for this watcher, one that enters it is ADDED.
    private static void Write(Filter filter, EventEncoder encoder, PipeWriter output, StoreEvent change)
    {
        var was = change.Previous is not null && filter.Matches(change.Previous);
        var isNow = !change.Removed && filter.Matches(change.Current);
        if (was && isNow)
            encoder.Write(output, "MODIFIED", change.Current);
        else if (isNow)
            encoder.Write(output, "ADDED", change.Current);
        else if (was)
            encoder.Write(output, "DELETED", change.Current);
    }

    private sealed record Filter(RequestContext Request, LabelSelector? Labels, FieldSelector? Fields)
    {
        private readonly string _prefix = Request.Type.Namespaced && Request.Info.Namespace.Length > 0 ? Request.Info.Namespace + "/" : "";

        public bool Matches(StoredObject stored) =>
            stored.Key.StartsWith(_prefix, StringComparison.Ordinal)
            && (Request.Info.Name.Length == 0 || stored.Key == _prefix + Request.Info.Name)
            && (Labels is null || Labels.Matches(stored.Node))
            && (Fields is null || Fields.Matches(stored.Node));
    }

    private sealed class EventEncoder(RequestContext request, TimeProvider clock)
    {
        private readonly byte[] _head = StoredObject.Prefix(request.Type.Kind, request.Type.ApiVersion(request.Version));
        private readonly bool _table = ResponseWriter.WantsTable(request.Http);
        private bool _columnsSent;

        public void Write(PipeWriter output, string type, StoredObject stored)
        {
            if (_table)
            {
                var table = TableBuilder.Build(request.Type, request.Version, [stored.Node], clock.GetUtcNow(), TableBuilder.IncludeObject(request.Http));
                table["metadata"] = new JsonObject { ["resourceVersion"] = stored.Revision.ToString(CultureInfo.InvariantCulture) };
                if (_columnsSent)
                    table["columnDefinitions"] = null;
                _columnsSent = true;
                Raw(output, new JsonObject { ["type"] = type, ["object"] = table });
                return;
            }

            output.Write(Encoding.ASCII.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
            output.Write(_head);
            output.Write(stored.Body.Span);
            output.Write("}\n"u8);
        }

        public void Bookmark(PipeWriter output, long revision, bool initialEnd)
        {
            var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null };
            if (initialEnd)
                metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            if (_table)
            {
                var table = TableBuilder.Build(request.Type, request.Version, [], clock.GetUtcNow(), "None");
                table["metadata"] = metadata;
                Raw(output, new JsonObject { ["type"] = "BOOKMARK", ["object"] = table });
                return;
            }

            Raw(output, new JsonObject
            {
                ["type"] = "BOOKMARK",
                ["object"] = new JsonObject { ["kind"] = request.Type.Kind, ["apiVersion"] = request.Type.ApiVersion(request.Version), ["metadata"] = metadata },
            });
        }

        public static void Gone(PipeWriter output, string message) =>
            Raw(output, new JsonObject { ["type"] = "ERROR", ["object"] = ApiException.Gone(message).ToStatus() });

        private static void Raw(PipeWriter output, JsonObject node)
        {
            output.Write(JsonTree.ToUtf8(node));
            output.Write("\n"u8);
        }
    }
}
