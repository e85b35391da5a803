// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Testing;

namespace LoadBalancer.ApiServer.Tests;

/// <summary>A server with the product's namespace, definitions and roles, shared by the tests of one class.</summary>
public sealed class Product : IAsyncLifetime
{
    public const string Namespace = "metallb-system";
    private TestServer? _server;

    public static string Config { get; } = Checkout.PathOf("config");

    public TestServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        foreach (var folder in new[] { "namespace", "crd", "rbac" })
            await _server.Server.LoadManifestsAsync(Path.Combine(Config, folder), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    public static string PathOf(string plural, string version = "v1beta1") => $"/apis/metallb.io/{version}/namespaces/{Namespace}/{plural}";

    /// <summary>Creates an object that is not stored, so that cases cannot disturb each other.</summary>
    public async Task<(int Code, JsonNode Body)> TryAsync(string kind, string version, string spec)
    {
        var node = new JsonObject
        {
            ["apiVersion"] = "metallb.io/" + version,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = "x" },
            ["spec"] = JsonNode.Parse(spec),
        };
        return await Server.PostAsync(PathOf(PluralOf(kind), version) + "?dryRun=All&fieldValidation=Strict", node);
    }

    public static string PluralOf(string kind) => kind switch
    {
        "Community" => "communities",
        "ServiceL2Status" => "servicel2statuses",
        "ServiceBGPStatus" => "servicebgpstatuses",
        _ => kind.ToLowerInvariant() + "s",
    };
}
