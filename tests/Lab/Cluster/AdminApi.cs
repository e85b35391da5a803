// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Cluster;

/// <summary>
/// The administrator's way to the API server, in plain JSON: manifests of any kind, tokens, and removal of what was made.
/// It shares no code with the product's client, so that one mistake cannot hide in both.
/// </summary>
public sealed class AdminApi : IDisposable
{
    private readonly HttpClient _http;
    private readonly Stack<string> _made = new();
    private readonly Lock _gate = new();

    public AdminApi(KubeConfig config)
    {
        _http = new HttpClient(Handler(config), disposeHandler: true) { BaseAddress = config.Server, Timeout = TimeSpan.FromSeconds(20) };
        if (config.Token is { } token)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Sends a request and returns status and body; throws only when no answer comes.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(
        HttpMethod method, string path, JsonNode? body, CancellationToken cancellation, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, contentType);
        using var response = await _http.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
        }
        catch (System.Text.Json.JsonException)
        {
            return (response.StatusCode, JsonValue.Create(text));
        }
    }

    /// <summary>Creates an object and remembers it for <see cref="RemoveAllAsync"/>; one that is there already is left and not removed.</summary>
    public async Task<JsonNode> CreateAsync(JsonNode manifest, CancellationToken cancellation)
    {
        var collection = CollectionPath(manifest);
        var name = (string?)manifest["metadata"]?["name"] ?? "";
        var (status, body) = await SendAsync(HttpMethod.Post, collection, manifest, cancellation);
        if (status == HttpStatusCode.Conflict)
            return manifest;
        if ((int)status is < 200 or > 299)
            throw new CommandFailedException($"POST {collection} {name}: {(int)status} {body?.ToJsonString()}");
        Remember($"{collection}/{name}");
        return body!;
    }

    /// <summary>Remembers an object that somebody else created, for removal.</summary>
    public void Remember(string path)
    {
        lock (_gate)
            _made.Push(path);
    }

    public async Task PatchAsync(string path, JsonNode patch, CancellationToken cancellation)
    {
        var (status, body) = await SendAsync(HttpMethod.Patch, path, patch, cancellation, "application/merge-patch+json");
        if ((int)status is < 200 or > 299)
            throw new CommandFailedException($"PATCH {path}: {(int)status} {body?.ToJsonString()}");
    }

    /// <summary>A token of a service account, for an hour.</summary>
    public async Task<string> TokenAsync(string @namespace, string account, CancellationToken cancellation)
    {
        var request = JsonNode.Parse("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}""");
        var path = $"/api/v1/namespaces/{@namespace}/serviceaccounts/{account}/token";
        var (status, body) = await SendAsync(HttpMethod.Post, path, request, cancellation);
        return (string?)body?["status"]?["token"]
            ?? throw new CommandFailedException($"POST {path}: {(int)status} {body?.ToJsonString()}");
    }

    /// <summary>
    /// Removes what was made, last first. Namespaces are finalized here: a server on its own has nobody else to do it.
    /// </summary>
    public async Task RemoveAllAsync(CancellationToken cancellation)
    {
        while (true)
        {
            string path;
            lock (_gate)
            {
                if (!_made.TryPop(out path!))
                    return;
            }

            var isNamespace = path.StartsWith("/api/v1/namespaces/", StringComparison.Ordinal) && path.Count(c => c == '/') == 4;
            if (isNamespace)
                await EmptyAsync(path["/api/v1/namespaces/".Length..], cancellation);
            await SendAsync(HttpMethod.Delete, path, null, cancellation);
            if (!isNamespace)
                continue;
            var (status, left) = await SendAsync(HttpMethod.Get, path, null, cancellation);
            if (status != HttpStatusCode.OK || left?["spec"] is not JsonObject spec)
                continue;
            spec["finalizers"] = new JsonArray();
            await SendAsync(HttpMethod.Put, path + "/finalize", left, cancellation);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What the daemons and the server itself make in a namespace, and nobody collects on a server on its own.</summary>
    private async Task EmptyAsync(string name, CancellationToken cancellation)
    {
        string[] collections =
        [
            $"/api/v1/namespaces/{name}/services", $"/api/v1/namespaces/{name}/secrets", $"/api/v1/namespaces/{name}/events",
            $"/api/v1/namespaces/{name}/configmaps", $"/api/v1/namespaces/{name}/serviceaccounts",
            $"/apis/discovery.k8s.io/v1/namespaces/{name}/endpointslices",
            $"/apis/coordination.k8s.io/v1/namespaces/{name}/leases",
            $"/apis/metallb.io/v1beta1/namespaces/{name}/servicel2statuses",
            $"/apis/metallb.io/v1beta1/namespaces/{name}/configurationstates",
            $"/apis/metallb.io/v1beta1/namespaces/{name}/ipaddresspools",
            $"/apis/metallb.io/v1beta1/namespaces/{name}/l2advertisements",
        ];
        foreach (var collection in collections)
        {
            var (status, list) = await SendAsync(HttpMethod.Get, collection, null, cancellation);
            if (status != HttpStatusCode.OK || list?["items"] is not JsonArray items)
                continue;
            foreach (var item in items)
                await SendAsync(HttpMethod.Delete, $"{collection}/{item?["metadata"]?["name"]}", null, cancellation);
        }
    }

    private static string CollectionPath(JsonNode manifest)
    {
        var version = (string?)manifest["apiVersion"] ?? "";
        var kind = ((string?)manifest["kind"] ?? "").ToLowerInvariant();
        var plural = kind.EndsWith('s') ? kind + "es" : kind.EndsWith('y') ? kind[..^1] + "ies" : kind + "s";
        var root = version.Contains('/', StringComparison.Ordinal) ? $"/apis/{version}" : $"/api/{version}";
        return manifest["metadata"]?["namespace"] is { } place ? $"{root}/namespaces/{place}/{plural}" : $"{root}/{plural}";
    }

    private static SocketsHttpHandler Handler(KubeConfig config)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (config.TlsServerName is { } name)
            handler.SslOptions.TargetHost = name;
        if (config.ClientCertificate is { } certificate && config.ClientKey is { } key)
        {
            using var pair = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(certificate), Encoding.ASCII.GetString(key));
            // A key from PEM is ephemeral; the TLS layer wants one that has been through PKCS#12.
            handler.SslOptions.ClientCertificates = [X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null)];
        }

        if (config.InsecureSkipTlsVerify)
        {
#pragma warning disable CA5359 // the kubeconfig says so in as many words
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (config.CertificateAuthority is { } authority)
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPem(Encoding.ASCII.GetString(authority));
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(roots);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }
}
