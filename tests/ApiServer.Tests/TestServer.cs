// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace LoadBalancer.ApiServer.Tests;

/// <summary>A server on plain HTTP with an administrator's client.</summary>
public sealed class TestServer : IAsyncDisposable
{
    public const string Services = "/api/v1/namespaces/default/services";

    private TestServer(EmbeddedApiServer server)
    {
        Server = server;
        Admin = Client(server.AdminToken);
    }

    public EmbeddedApiServer Server { get; }

    public HttpClient Admin { get; }

    public static async Task<TestServer> StartAsync(ApiServerOptions? options = null) =>
        new(await EmbeddedApiServer.StartAsync((options ?? new ApiServerOptions()) with { PlainHttp = true }, TestContext.Current.CancellationToken));

    public static JsonObject Service(string name, string spec = """{"ports":[{"port":80}]}""") => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = JsonNode.Parse(spec),
    };

    public HttpClient Client(string token)
    {
        var client = new HttpClient { BaseAddress = new Uri(Server.Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task<(int Code, JsonNode Body)> SendAsync(HttpMethod method, string path, JsonNode? body = null, string media = "application/json", HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, media);
        using var response = await (client ?? Admin).SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(text)!);
    }

    public Task<(int Code, JsonNode Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(int Code, JsonNode Body)> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, body);

    public Task<(int Code, JsonNode Body)> PatchAsync(string path, string patch) =>
        SendAsync(HttpMethod.Patch, path, JsonNode.Parse(patch), "application/merge-patch+json");

    public async Task<StreamReader> WatchAsync(string pathAndQuery)
    {
        var stream = await Admin.GetStreamAsync(pathAndQuery, TestContext.Current.CancellationToken);
        return new StreamReader(stream);
    }

    public static async Task<JsonNode> NextAsync(StreamReader watch) =>
        JsonNode.Parse(await watch.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10)) ?? throw new EndOfStreamException())!;

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Server.DisposeAsync();
    }
}
