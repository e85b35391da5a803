// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Wrapped = Microsoft.Extensions.Options.Options;

namespace LoadBalancer.Runtime.Http;

/// <summary>
/// What a daemon shows of itself over HTTP: <c>/metrics</c> and <c>/status</c> on the metrics port, <c>/healthz</c> and
/// <c>/readyz</c> on the probe port. Nothing here changes anything, and nothing secret is shown.
/// </summary>
/// <remarks>Kestrel stands alone: a host, a container and routing around it would cost memory on every node.</remarks>
public sealed class DiagnosticsServer : IAsyncDisposable
{
    private readonly KestrelServer? _server;

    private DiagnosticsServer(KestrelServer? server) => _server = server;

    /// <summary>Binds the ports (0 leaves one out) and begins to answer.</summary>
    /// <exception cref="IOException">An address is in use or may not be bound; the message names it.</exception>
    public static async Task<DiagnosticsServer> StartAsync(DiagnosticsOptions options, DiagnosticsSources sources, ILoggerFactory logging, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.MetricsPort == 0 && options.HealthPort == 0)
        {
            // Told of no endpoint, Kestrel takes port 5000.
            return new(null);
        }

        KestrelServerOptions kestrel = new() { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxConcurrentConnections = 256;
        Listen(kestrel, options.BindAddress, options.MetricsPort);
        Listen(kestrel, options.BindAddress, options.HealthPort);
        SocketTransportFactory transport = new(Wrapped.Create(new SocketTransportOptions()), logging);
        KestrelServer server = new(Wrapped.Create(kestrel), transport, logging);
        try
        {
            await server.StartAsync(new Answering(sources), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        return new(server);
    }

    private static void Listen(KestrelServerOptions kestrel, IPAddress address, int port)
    {
        if (port != 0)
        {
            kestrel.Listen(address, port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is null)
        {
            return;
        }

        using CancellationTokenSource atOnce = new();
        await atOnce.CancelAsync().ConfigureAwait(false);
        await _server.StopAsync(atOnce.Token).ConfigureAwait(false);
        _server.Dispose();
    }

    private sealed class Answering(DiagnosticsSources sources) : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }

        public Task ProcessRequestAsync(IFeatureCollection context)
        {
            IHttpRequestFeature request = context.GetRequiredFeature<IHttpRequestFeature>();
            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "text/plain", "only GET is answered here\n");
            }

            if (sources.Documents.TryGetValue(request.Path, out Func<CancellationToken, Task<string>>? document))
            {
                return DocumentAsync(context, document);
            }

            switch (request.Path)
            {
                case "/metrics":
                    return MetricsAsync(context);
                case "/status":
                    return WriteAsync(context, StatusCodes.Status200OK, "application/json", sources.Status());
                // kube-keepalived-vip's name for it.
                case "/health":
                case "/healthz":
                    return VerdictAsync(context, sources.Unhealthy());
                case "/readyz":
                    return VerdictAsync(context, sources.NotReady());
                default:
                    return WriteAsync(context, StatusCodes.Status404NotFound, "text/plain", "there are /metrics, /status, /healthz and /readyz\n");
            }
        }

        private async Task MetricsAsync(IFeatureCollection context)
        {
            if (sources.BeforeMetrics is { } prepare)
            {
                await prepare(context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted).ConfigureAwait(false);
            }

            await WriteAsync(context, StatusCodes.Status200OK, "text/plain; version=0.0.4; charset=utf-8", sources.Metrics()).ConfigureAwait(false);
        }

        private static async Task DocumentAsync(IFeatureCollection context, Func<CancellationToken, Task<string>> document)
        {
            string body;
            try
            {
                body = await document(context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "text/plain", "the daemon is too busy to answer; ask again\n").ConfigureAwait(false);
                return;
            }

            await WriteAsync(context, StatusCodes.Status200OK, "application/json", body).ConfigureAwait(false);
        }

        private static Task VerdictAsync(IFeatureCollection context, string? problem) => problem is null
            ? WriteAsync(context, StatusCodes.Status200OK, "text/plain", "ok\n")
            : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "text/plain", problem + "\n");

        private static async Task WriteAsync(IFeatureCollection context, int status, string contentType, string body)
        {
            byte[] text = Encoding.UTF8.GetBytes(body);
            IHttpResponseFeature response = context.GetRequiredFeature<IHttpResponseFeature>();
            response.StatusCode = status;
            response.Headers.ContentType = contentType;
            response.Headers.ContentLength = text.Length;
            IHttpResponseBodyFeature output = context.GetRequiredFeature<IHttpResponseBodyFeature>();
            if (!HttpMethods.IsHead(context.GetRequiredFeature<IHttpRequestFeature>().Method))
            {
                await output.Writer.WriteAsync(text, context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted).ConfigureAwait(false);
            }

            await output.CompleteAsync().ConfigureAwait(false);
        }
    }
}
