// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>
/// Calls to one Kubernetes API server. Safe for concurrent use. Every call ends with its result, with an
/// <see cref="ApiException"/>, or with the cancellation of its own token.
/// </summary>
public sealed partial class ApiClient : IDisposable
{
    private const int MaxListRestarts = 4;

    private readonly HttpMessageInvoker _http;
    private readonly Uri _server;
    private readonly string _basePath;
    private readonly Credentials _credentials;
    private readonly ApiClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly bool _secure;

    /// <summary>The random source spreads watch time-outs and retries; it is used under a lock.</summary>
    public ApiClient(KubeConfig config, ApiClientOptions options, TimeProvider time, Random random)
        : this(config, options, time, random, ServerConnector.CreateHandler)
    {
    }

    // Tests hold the far end in their own hands.
    internal ApiClient(KubeConfig config, ApiClientOptions options, TimeProvider time, Random random, Func<KubeConfig, ApiClientOptions, HttpMessageHandler> connect)
    {
        ArgumentNullException.ThrowIfNull(config);
        _options = options;
        _time = time;
        _random = random;
        _server = config.Server;
        _basePath = config.Server.AbsolutePath.TrimEnd('/');
        _secure = config.Server.Scheme == Uri.UriSchemeHttps;
        _credentials = new(config, time);
#pragma warning disable CA2000 // the invoker owns the handler
        _http = new(connect(config, options), disposeHandler: true);
#pragma warning restore CA2000
    }

    public Task<T> GetAsync<T>(ResourceKind<T> kind, string? @namespace, string name, CancellationToken cancellation)
        where T : class, IKubeObject =>
        CallAsync(HttpMethod.Get, kind.ObjectPath(@namespace, name), null, null, true, kind, AnswerDecoder.Object, cancellation);

    /// <summary>The object, or null when there is none.</summary>
    public async Task<T?> FindAsync<T>(ResourceKind<T> kind, string? @namespace, string name, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        try
        {
            return await GetAsync(kind, @namespace, name, cancellation);
        }
        catch (ApiException fault) when (fault.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>One page. The first has no continue token; the version is the server's newest (a consistent read).</summary>
    public Task<ListPage<T>> ListPageAsync<T>(ResourceKind<T> kind, Selection selection, string? continueToken, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        var query = new StringBuilder(kind.CollectionPath(selection.Namespace)).Append("?limit=").Append(_options.PageSize);
        AppendSelection(query, selection);
        if (!string.IsNullOrEmpty(continueToken)) query.Append("&continue=").Append(Uri.EscapeDataString(continueToken));
        return CallAsync(HttpMethod.Get, query.ToString(), null, null, true, kind, AnswerDecoder.List, cancellation);
    }

    /// <summary>The whole list, page by page; a list whose continue token expires on the way is begun again.</summary>
    public async Task<ListPage<T>> ListAsync<T>(ResourceKind<T> kind, Selection selection, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        for (var restarts = 0; ; restarts++)
        {
            var all = await ListPageAsync(kind, selection, null, cancellation);
            try
            {
                while (all.Continue.Length > 0)
                {
                    var page = await ListPageAsync(kind, selection, all.Continue, cancellation);
                    all.Items.AddRange(page.Items);
                    all.Unreadable.AddRange(page.Unreadable);
                    all.ResourceVersion = page.ResourceVersion;
                    all.Continue = page.Continue;
                }
                return all;
            }
            catch (ApiException fault) when (fault.IsExpired && restarts < MaxListRestarts)
            {
                continue;
            }
        }
    }

    public async Task<T> CreateAsync<T>(ResourceKind<T> kind, T created, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        using var body = JsonBody.Rent();
        JsonSerializer.Serialize(body.Writer, created, kind.Type);
        var path = kind.CollectionPath(created.Metadata.Namespace);
        return await CallAsync(HttpMethod.Post, path, body, ContentTypes.Json, false, kind, AnswerDecoder.Object, cancellation);
    }

    /// <summary>Patches with a body written by the caller straight to UTF-8; the state avoids a closure per call.</summary>
    public async Task<T> PatchAsync<T, TState>(
        ResourceKind<T> kind,
        string? @namespace,
        string name,
        PatchType type,
        TState state,
        Action<Utf8JsonWriter, TState> write,
        PatchOptions options,
        CancellationToken cancellation)
        where T : class, IKubeObject
    {
        using var body = JsonBody.Rent();
        write(body.Writer, state);
        // A JSON patch may append: sent twice it would do so twice.
        var repeatable = type != PatchType.Json;
        var path = PatchPath(kind.ObjectPath(@namespace, name), type, options);
        return await CallAsync(HttpMethod.Patch, path, body, ContentTypes.Of(type), repeatable, kind, AnswerDecoder.Object, cancellation);
    }

    /// <summary>Server-side apply of the fields set in the object.</summary>
    public Task<T> ApplyAsync<T>(ResourceKind<T> kind, T applied, PatchOptions options, CancellationToken cancellation)
        where T : class, IKubeObject =>
        PatchAsync(
            kind,
            applied.Metadata.Namespace,
            applied.Metadata.Name!,
            PatchType.Apply,
            (applied, kind.Type),
            static (writer, state) => JsonSerializer.Serialize(writer, state.applied, state.Type),
            options,
            cancellation);

    /// <summary>Deletes; an object that is not there is no error and answers false.</summary>
    public async Task<bool> DeleteAsync<T>(ResourceKind<T> kind, string? @namespace, string name, DeleteOptions options, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        using var body = JsonBody.Rent();
        WriteDelete(body.Writer, options);
        try
        {
            return await CallAsync(
                HttpMethod.Delete, kind.ObjectPath(@namespace, name), body, ContentTypes.Json, true, true, static (_, state) => state, cancellation);
        }
        catch (ApiException fault) when (fault.IsNotFound)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _credentials.Dispose();
    }

    private static void WriteDelete(Utf8JsonWriter writer, DeleteOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, "v1"u8);
        writer.WriteString("kind"u8, "DeleteOptions"u8);
        if (options.Uid is not null || options.ResourceVersion is not null)
        {
            writer.WriteStartObject("preconditions"u8);
            if (options.Uid is not null) writer.WriteString("uid"u8, options.Uid);
            if (options.ResourceVersion is not null) writer.WriteString("resourceVersion"u8, options.ResourceVersion);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static string PatchPath(string path, PatchType type, PatchOptions options)
    {
        if (options.Subresource is not null) path = $"{path}/{options.Subresource}";
        if (options.FieldManager is not null) path = $"{path}?fieldManager={Uri.EscapeDataString(options.FieldManager)}";
        else if (type == PatchType.Apply) throw new ArgumentException("A server-side apply needs a field manager.", nameof(options));
        return options.Force && type == PatchType.Apply ? $"{path}&force=true" : path;
    }

    private static void AppendSelection(StringBuilder query, Selection selection)
    {
        if (!string.IsNullOrEmpty(selection.LabelSelector)) query.Append("&labelSelector=").Append(Uri.EscapeDataString(selection.LabelSelector));
        if (!string.IsNullOrEmpty(selection.FieldSelector)) query.Append("&fieldSelector=").Append(Uri.EscapeDataString(selection.FieldSelector));
    }
}
