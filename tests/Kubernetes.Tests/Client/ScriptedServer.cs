// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Kubernetes.Tests.Client;

/// <summary>What the server was asked.</summary>
public sealed record SeenRequest(string Method, string Path, string Query, string Body, string ContentType, string Authorization, string Protocol);

/// <summary>A server on loopback whose answers are written by the test.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = new("http://localhost");

    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    public static async Task<ScriptedServer> StartAsync(
        Func<HttpContext, SeenRequest, Task> answer,
        X509Certificate2? certificate = null,
        Func<X509Certificate2, bool>? clientCertificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (certificate is null) return;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                ClientCertificateMode = clientCertificate is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (found, _, _) => clientCertificate!(found),
            });
        }));
        var app = builder.Build();
        var server = new ScriptedServer(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var seen = new SeenRequest(
                context.Request.Method,
                context.Request.Path,
                context.Request.QueryString.Value ?? "",
                await reader.ReadToEndAsync(),
                context.Request.ContentType ?? "",
                context.Request.Headers.Authorization.ToString(),
                context.Request.Protocol);
            server.Seen.Enqueue(seen);
            await answer(context, seen);
        });
        await app.StartAsync();
        server.Address = new Uri(app.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal));
        return server;
    }

    public static async Task JsonAsync(HttpContext context, int code, string body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
    }

    public static Task StatusAsync(HttpContext context, int code, string reason, string message = "said so") =>
        JsonAsync(context, code, StatusText(code, reason, message));

    public static string StatusText(int code, string reason, string message) =>
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""";

    /// <summary>Sends the lines of a watch, each on its own; the headers at once.</summary>
    public static async Task WatchAsync(HttpContext context, params string[] lines)
    {
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync();
        await context.Response.Body.FlushAsync();
        foreach (var line in lines)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
            await context.Response.Body.FlushAsync();
        }
    }

    /// <summary>Sends text that is no whole line.</summary>
    public static async Task PartAsync(HttpContext context, string text)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
        await context.Response.Body.FlushAsync();
    }

    /// <summary>Ends when the client goes away or the server is stopped.</summary>
    public static async Task HangAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
