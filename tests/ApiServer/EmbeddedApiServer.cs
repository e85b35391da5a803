// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Authentication;
using LoadBalancer.ApiServer.Faults;
using LoadBalancer.ApiServer.Http;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Lifecycle;
using LoadBalancer.ApiServer.Persistence;
using LoadBalancer.ApiServer.Rbac;
using LoadBalancer.ApiServer.Resources;
using LoadBalancer.ApiServer.Services;
using LoadBalancer.ApiServer.Storage;
using LoadBalancer.ApiServer.Watch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace LoadBalancer.ApiServer;

/// <summary>A Kubernetes API server in this process: storage, watches, RBAC, CRDs, kubectl's needs, and faults on demand.</summary>
public sealed partial class EmbeddedApiServer : IAsyncDisposable
{
    private readonly ApiServerOptions _options;
    private readonly CertificateAuthority _authority;
    private readonly TokenAuthenticator _tokens;
    private readonly ObjectWriter _writer;
    private readonly WatchHandler _watches;
    private readonly ListHandler _lists;
    private readonly Dispatcher _dispatcher;
    private readonly X509Certificate2 _serving;
    private readonly DataFile? _data;
    private WebApplication? _app;

    private EmbeddedApiServer(ApiServerOptions options)
    {
        _options = options;
        var clock = options.Clock;
        var revision = new Revision(0);
        Registry = new ResourceRegistry(revision, options.HistoryCapacity, Committed);
        var allocations = new ServiceAllocations(options.ServiceCidrs);
        var rules = new ObjectRules(Registry, allocations);
        _data = options.DataFile is null ? null : DataFile.Open(options.DataFile, Registry);
        foreach (var service in Registry.Get("", "services").Store.Objects.Values)
            allocations.Adopt(service.Node);
        foreach (var definition in Registry.Get("apiextensions.k8s.io", "customresourcedefinitions").Store.Objects.Values)
            Registry.AddCustom(definition.Node);
        _writer = new ObjectWriter(Registry, rules, clock, new Random(options.Seed));
        _authority = new CertificateAuthority(clock);
        var names = options.SubjectNames.Where(n => !IPAddress.TryParse(n, out _)).Append("localhost").Append("kubernetes.default.svc");
        var addresses = options.SubjectNames.Where(n => IPAddress.TryParse(n, out _)).Select(IPAddress.Parse)
            .Concat(options.Listen.Select(l => l.Address)).Append(IPAddress.Loopback).Append(IPAddress.IPv6Loopback);
        _serving = _authority.Serving(addresses, names);
        _tokens = new TokenAuthenticator(Registry, _data?.SigningKey ?? System.Security.Cryptography.RandomNumberGenerator.GetBytes(32), clock);
        _tokens.Add(options.AdminToken, UserIdentity.Admin);
        _lists = new ListHandler(clock);
        _watches = new WatchHandler(clock, options.BookmarkInterval);
        var authorizer = new RbacAuthorizer(Registry);
        var resources = new ResourceHandler(_writer, _lists, _watches, new NamespaceReaper(Registry, rules, clock), clock);
        var reviews = new ReviewHandler(authorizer, _tokens, Registry) { AllowShortTokens = options.AllowShortTokens };
        _dispatcher = new Dispatcher(Registry, _tokens, _authority, authorizer, Faults, resources, reviews, AdministerAsync, clock);
    }

    /// <summary>Where it listens, the first endpoint first.</summary>
    public IReadOnlyList<string> Urls { get; private set; } = [];

    public string Url => Urls[0];

    public string CaPem => _authority.Pem;

    public string AdminToken => _options.AdminToken;

    public FaultInjector Faults { get; } = new();

    internal ResourceRegistry Registry { get; }

    public static async Task<EmbeddedApiServer> StartAsync(ApiServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var server = new EmbeddedApiServer(options ?? new ApiServerOptions());
        try
        {
            server.Bootstrap();
            await server.ListenAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public void AddToken(string token, string user, params string[] groups) => _tokens.Add(token, new UserIdentity(user, [.. groups, "system:authenticated"]));

    /// <summary>A ServiceAccount token without the detour over TokenRequest; the account must exist.</summary>
    public string IssueToken(string ns, string name, TimeSpan lifetime)
    {
        var account = Registry.Get("", "serviceaccounts").Store.Find(ns + "/" + name) ?? throw new KeyNotFoundException($"ServiceAccount {ns}/{name} does not exist");
        return _tokens.Issue(ns, name, account.Uid, (long)lifetime.TotalSeconds, null).Token;
    }

    /// <summary>The text of a kubeconfig for a token (the administrator's by default) against one of the URLs.</summary>
    public string Kubeconfig(string? token = null, string? url = null)
    {
        var cluster = new JsonObject { ["server"] = url ?? Url };
        if (!_options.PlainHttp)
            cluster["certificate-authority-data"] = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(CaPem));
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = "embedded", ["cluster"] = cluster }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = "user", ["user"] = new JsonObject { ["token"] = token ?? AdminToken } }),
            ["contexts"] = new JsonArray(new JsonObject { ["name"] = "embedded", ["context"] = new JsonObject { ["cluster"] = "embedded", ["user"] = "user" } }),
            ["current-context"] = "embedded",
        }.ToJsonString(JsonTree.Options);
    }

    /// <summary>A client certificate (with key) this server trusts.</summary>
    public X509Certificate2 ClientCertificate(string user, params string[] groups) => _authority.Client(user, groups);

    public void DropWatches() => _watches.DropAll();

    /// <summary>Forgets history and continue tokens: resuming watches and paged lists get 410.</summary>
    public void CompactHistory()
    {
        foreach (var (_, store) in Registry.Stores())
            store.Compact();
        _lists.Forget();
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        _watches.DropAll();
        if (_app is not null)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), _options.Clock);
            await _app.StopAsync(patience.Token);
            await _app.DisposeAsync();
        }

        if (_data is not null)
            await _data.DisposeAsync();
        _watches.Dispose();
        Faults.Dispose();
        _serving.Dispose();
        _authority.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (!_options.PlainHttp)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 16 * 1024 * 1024;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            foreach (var endpoint in _options.Listen)
                kestrel.Listen(endpoint, Secure);
            foreach (var handle in _options.ListenHandles)
                kestrel.ListenHandle(handle, Secure);
            if (_options.Listen.Count + _options.ListenHandles.Count == 0)
                kestrel.Listen(IPAddress.Loopback, 0, Secure);
        });
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        _app = builder.Build();
        _app.Run(_dispatcher.HandleAsync);
        await _app.StartAsync(cancellationToken);
        Urls = [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
    }

    private void Secure(ListenOptions listen)
    {
        listen.Protocols = _options.PlainHttp ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
        if (!_options.PlainHttp)
        {
            listen.UseHttps(https =>
            {
                https.ServerCertificate = _serving;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (_, _, _) => true;
            });
        }
    }

    private void Committed(string id, StoreEvent change)
    {
        _data?.Append(id, change);
        if (id != "apiextensions.k8s.io/customresourcedefinitions")
            return;
        if (!change.Removed)
        {
            Registry.AddCustom(change.Current.Node);
            return;
        }

        var group = change.Current.Node.Text("spec", "group") ?? "";
        var plural = change.Current.Node.Text("spec", "names", "plural") ?? "";
        var store = Registry.Store(group, plural);
        foreach (var key in store.Objects.Keys)
            store.Mutate(key, old => old is null ? Mutation.Keep : Mutation.Remove(old.Copy()));
        Registry.RemoveCustom(group, plural);
    }
}
