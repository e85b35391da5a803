// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Assignment;

/// <summary>Resident memory of the daemons in a lab of three nodes: idle, and with every Service assigned and announced.</summary>
internal static class MemoryBench
{
    private const int Services = 2000;
    private const int Creators = 8;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        await using var cluster = await LabCluster.StartAsync(
            new LabClusterOptions { StartApiServer = ServerProcess.StartForLabAsync, ServiceProxies = false, LogLevel = "info" }, limit.Token);
        var controller = await cluster.StartControllerAsync();
        var speakers = new List<LabProcess>();
        foreach (var node in cluster.Network.Nodes)
            speakers.Add(await cluster.StartSpeakerAsync(node));
        await BenchObjects.CreatePoolAsync(cluster.Admin, cluster.Namespace, ["100.127.0.0/16"], limit.Token);
        await Task.Delay(Settle, TimeProvider.System, limit.Token);
        var (controllerIdle, speakerIdle) = (Megabytes(controller), speakers.Max(Megabytes));

        await using (var watch = await AssignmentWatch.StartAsync(cluster.Client, limit.Token))
        {
            await BenchObjects.CreateServicesAsync(cluster.Admin, "memory", Services, Creators, static _ => { }, limit.Token);
            for (var i = 0; i < Services; i++)
                await watch.AssignedAsync(BenchObjects.Name("memory", i), limit.Token);
        }

        await Task.Delay(Settle, TimeProvider.System, limit.Token);
        return
        [
            Figure("controller, 0 Services", controllerIdle, "MetalLB 57 MB (1 Service)"),
            Figure($"controller, {Services} Services", Megabytes(controller), "MetalLB 85 MB (2,000)"),
            Figure("speaker, 0 Services, largest of 3", speakerIdle, "MetalLB 68 MB (1 Service)"),
            Figure($"speaker, {Services} Services, largest of 3", speakers.Max(Megabytes), "MetalLB 68 MB (1 Service)"),
        ];
    }

    private static Figure Figure(string what, double value, string elsewhere) => new(what, value, "MB") { Aim = "<= 60 MB", Elsewhere = elsewhere };

    private static double Megabytes(LabProcess process) => process.IsRunning
        ? process.ResidentBytes / 1e6
        : throw new CommandFailedException($"{process.Name} has ended with {process.ExitCode}:\n{process.Output.Tail(20)}");
}
