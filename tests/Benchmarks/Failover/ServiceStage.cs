// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Benchmarks.Assignment;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Benchmarks.Failover;

/// <summary>Our side of the comparison: three nodes with speakers, an echo on each, one Service with one address.</summary>
internal sealed class ServiceStage : IFailoverStage
{
    private const int Port = 7007;
    private const string Address = "192.0.2.100";
    private readonly LabCluster _cluster;
    private readonly List<UdpEcho> _echoes = [];
    private readonly Dictionary<string, LabProcess> _speakers = [];

    private ServiceStage(LabCluster cluster) => _cluster = cluster;

    public LabNetwork Network => _cluster.Network;

    public IPEndPoint Target { get; } = new(IPAddress.Parse(Address), Port);

    internal static async Task<ServiceStage> StartAsync(CancellationToken cancellation)
    {
        var stage = new ServiceStage(await LabCluster.StartAsync(
            new LabClusterOptions { StartApiServer = ServerProcess.StartForLabAsync, LogLevel = "info" }, cancellation));
        try
        {
            await stage.PrepareAsync(cancellation);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGTERM to the node's speaker, which hands its addresses over and ends.</summary>
    public async Task DrainAsync(LabHost node, CancellationToken cancellation)
    {
        _speakers[node.Name].Terminate();
        await _speakers[node.Name].WaitForExitAsync(cancellation);
    }

    public async Task ReturnAsync(LabHost node, CancellationToken cancellation)
    {
        if (!_speakers[node.Name].IsRunning)
            _speakers[node.Name] = await _cluster.StartSpeakerAsync(node);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var echo in _echoes)
            echo.Dispose();
        await _cluster.DisposeAsync();
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await _cluster.StartControllerAsync();
        foreach (var node in Network.Nodes)
        {
            _speakers[node.Name] = await _cluster.StartSpeakerAsync(node);
            _echoes.Add(UdpEcho.Start(node.Namespace, new IPEndPoint(node.ManagementAddress, Port), node.Name));
        }

        await BenchObjects.CreatePoolAsync(_cluster.Admin, _cluster.Namespace, [Address + "/32"], cancellation);
        await BenchObjects.CreateEchoAsync(_cluster, Port, cancellation);
    }
}
