// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Testing;

namespace LoadBalancer.Benchmarks.Assignment;

/// <summary>An API server and a controller, each a process of its own, and this process as their client.</summary>
internal sealed class AssignmentStage : IAsyncDisposable
{
    private readonly ServerProcess _server;
    private readonly ApiClient _client;
    private Process? _controller;

    private AssignmentStage(ServerProcess server)
    {
        _server = server;
        var config = KubeConfig.Load(server.KubeConfig);
        Admin = new AdminApi(config);
        _client = new ApiClient(config, new ApiClientOptions { UserAgent = "bench" }, TimeProvider.System, new Random(1));
    }

    internal AdminApi Admin { get; }

    internal AssignmentWatch Watch { get; private set; } = null!;

    internal TimeSpan ControllerTime => _controller!.TotalProcessorTime;

    internal TimeSpan ServerTime => _server.ProcessorTime;

    internal static async Task<AssignmentStage> StartAsync(int healthPort, int metricsPort, CancellationToken cancellation)
    {
        var stage = new AssignmentStage(await ServerProcess.StartAsync(cancellation));
        try
        {
            foreach (var manifest in Manifests.ReadDirectory(Checkout.PathOf("config", "crd")))
                await stage.Admin.CreateAsync(manifest, cancellation);
            await stage.Admin.CreateAsync(
                new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = "metallb-system" } },
                cancellation);
            stage._controller = ServerProcess.Start(
                Checkout.Program("controller"),
                [
                    "--kubeconfig", stage._server.KubeConfig, "--namespace", "metallb-system", "--pod-name", "controller-bench",
                    "--port", metricsPort.ToString(CultureInfo.InvariantCulture), "--health-probe-port", healthPort.ToString(CultureInfo.InvariantCulture),
                ]);
            ServerProcess.Drain(stage._controller);
            stage.Watch = await AssignmentWatch.StartAsync(stage._client, cancellation);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Watch is not null)
            await Watch.DisposeAsync();
        if (_controller is not null)
            await ServerProcess.EndAsync(_controller);
        Admin.Dispose();
        _client.Dispose();
        await _server.DisposeAsync();
    }
}
