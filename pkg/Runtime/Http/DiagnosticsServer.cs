// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Runtime.Http;

/// <summary>
/// What a daemon shows of itself over HTTP: <c>/metrics</c> and <c>/status</c> on the metrics port, <c>/healthz</c> and
/// <c>/readyz</c> on the probe port. Nothing here changes anything, and nothing secret is shown.
/// </summary>
public sealed class DiagnosticsServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private DiagnosticsServer(WebApplication application) => _application = application;

    /// <summary>Binds the ports (0 leaves one out) and begins to answer.</summary>
    /// <exception cref="IOException">An address is in use or may not be bound; the message names it.</exception>
    public static async Task<DiagnosticsServer> StartAsync(DiagnosticsOptions options, DiagnosticsSources sources, ILoggerFactory logging, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logging);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 256;
            Listen(kestrel, options.BindAddress, options.MetricsPort);
            Listen(kestrel, options.BindAddress, options.HealthPort);
        });
        WebApplication application = builder.Build();
        application.Run(context => AnswerAsync(context, sources));
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new(application);
    }

    private static void Listen(KestrelServerOptions kestrel, IPAddress address, int port)
    {
        if (port != 0)
        {
            kestrel.Listen(address, port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        }
    }

    private static Task AnswerAsync(HttpContext context, DiagnosticsSources sources)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "text/plain", "only GET is answered here\n");
        }

        switch (context.Request.Path.Value)
        {
            case "/metrics":
                return WriteAsync(context, StatusCodes.Status200OK, "text/plain; version=0.0.4; charset=utf-8", sources.Metrics());
            case "/status":
                return WriteAsync(context, StatusCodes.Status200OK, "application/json", sources.Status());
            case "/healthz":
                return VerdictAsync(context, sources.Unhealthy());
            case "/readyz":
                return VerdictAsync(context, sources.NotReady());
            default:
                return WriteAsync(context, StatusCodes.Status404NotFound, "text/plain", "there are /metrics, /status, /healthz and /readyz\n");
        }
    }

    private static Task VerdictAsync(HttpContext context, string? problem) => problem is null
        ? WriteAsync(context, StatusCodes.Status200OK, "text/plain", "ok\n")
        : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "text/plain", problem + "\n");

    private static Task WriteAsync(HttpContext context, int status, string contentType, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource atOnce = new();
        await atOnce.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync(atOnce.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }
}
