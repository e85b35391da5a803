// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Runtime.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Runtime.Tests;

public sealed class DiagnosticsServerTests
{
    [Fact]
    public async Task Get_EachPath_AnswersFromItsSource()
    {
        string? problem = "no configuration has been read yet";
        int port = FreePort();
        await using DiagnosticsServer server = await DiagnosticsServer.StartAsync(
            new DiagnosticsOptions(IPAddress.Loopback, port, 0),
            new DiagnosticsSources(() => "metric 1\n", () => "{}", () => null, () => problem),
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        Assert.Equal("metric 1\n", await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken));
        Assert.Equal("{}", await client.GetStringAsync("/status", TestContext.Current.CancellationToken));
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz", TestContext.Current.CancellationToken));
        using (HttpResponseMessage notReady = await client.GetAsync("/readyz", TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
            Assert.Equal(problem + "\n", await notReady.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        problem = null;
        Assert.Equal("ok\n", await client.GetStringAsync("/readyz", TestContext.Current.CancellationToken));
        using HttpResponseMessage post = await client.PostAsync("/status", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        using HttpResponseMessage missing = await client.GetAsync("/debug", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Start_BothPortsAreNone_TakesNoPort()
    {
        DiagnosticsOptions none = new(IPAddress.Loopback, 0, 0);
        DiagnosticsSources sources = new(() => "", () => "{}", () => null, () => null);
        await using DiagnosticsServer first = await DiagnosticsServer.StartAsync(none, sources, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        await using DiagnosticsServer second = await DiagnosticsServer.StartAsync(none, sources, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
