// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Lab.Probes;

/// <summary>An answer, or why there was none.</summary>
/// <param name="Status">HTTP status; 0 when no answer came.</param>
/// <param name="Body">The body.</param>
/// <param name="Node">The node that answered, from its X-Node header.</param>
/// <param name="Failure">Why no answer came.</param>
public sealed record HttpAnswer(int Status, string Body, string Node, string Failure);

/// <summary>HTTP from a namespace to an address, with a host name of the caller's choice; a new connection per request.</summary>
public sealed class NamespaceHttp : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client;

    public NamespaceHttp(LabNamespace place)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = async (context, cancellation) =>
            {
                var target = IPEndPoint.Parse(context.DnsEndPoint.Host.Trim('[', ']'));
                target.Port = context.DnsEndPoint.Port;
                var socket = place.CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(target, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _client = new HttpClient(handler, disposeHandler: true) { Timeout = Deadline };
    }

    /// <summary>One GET; never throws for what the network does.</summary>
    public async Task<HttpAnswer> GetAsync(IPEndPoint target, string host, string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{target}{path}");
        request.Headers.Host = host;
        request.Headers.ConnectionClose = true;
        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            var node = response.Headers.TryGetValues("X-Node", out var names) ? names.First() : "";
            return new HttpAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation), node, "");
        }
        catch (HttpRequestException e)
        {
            return new HttpAnswer(0, "", "", e.Message);
        }
        catch (TaskCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            return new HttpAnswer(0, "", "", e.InnerException?.Message ?? e.Message);
        }
    }

    public void Dispose() => _client.Dispose();
}
