// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Benchmarks.Failover;

/// <summary>
/// The peer: keepalived, VRRP version 3, adverts every 100 ms, on the same network. Its priorities are the highest there
/// are, so that its skew time, which falls with the priority, costs it next to nothing.
/// </summary>
internal sealed class KeepalivedStage : IFailoverStage
{
    private const int Port = 7007;
    private const string Address = "192.0.2.101";
    private const string Program = "keepalived";

    private readonly List<UdpEcho> _echoes = [];
    private readonly Dictionary<string, LabProcess> _daemons = [];
    private int _starts;

    private KeepalivedStage(LabNetwork network) => Network = network;

    public LabNetwork Network { get; }

    public IPEndPoint Target { get; } = new(IPAddress.Parse(Address), Port);

    internal static async Task<KeepalivedStage> StartAsync(CancellationToken cancellation)
    {
        var stage = new KeepalivedStage(await LabNetwork.StartAsync(new LabTopology(), cancellation));
        try
        {
            foreach (var node in stage.Network.Nodes)
            {
                // The echo is bound before the address comes, as a server behind keepalived has to be.
                node.Namespace.SetKernel(("net/ipv4/ip_nonlocal_bind", "1"));
                stage._echoes.Add(UdpEcho.Start(node.Namespace, stage.Target, node.Name));
                await stage.StartDaemonAsync(node, cancellation);
            }

            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async Task DrainAsync(LabHost node, CancellationToken cancellation)
    {
        _daemons[node.Name].Terminate();
        await _daemons[node.Name].WaitForExitAsync(cancellation);
    }

    public async Task ReturnAsync(LabHost node, CancellationToken cancellation)
    {
        if (!_daemons[node.Name].IsRunning)
            await StartDaemonAsync(node, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var echo in _echoes)
            echo.Dispose();
        foreach (var daemon in _daemons.Values.Where(d => d.IsRunning))
            await daemon.StopAsync();
        await Network.DisposeAsync();
    }

    private async Task StartDaemonAsync(LabHost node, CancellationToken cancellation)
    {
        var number = Network.Nodes.ToList().IndexOf(node);
        var stem = Path.Combine(Network.State.Directory, "keepalived-" + node.Name);
        var configuration = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            global_defs {
              router_id {{node.Name}}
              vrrp_version 3
            }
            vrrp_instance bench {
              state BACKUP
              interface eth0
              virtual_router_id 71
              priority {{254 - (2 * number)}}
              advert_int 0.1
              virtual_ipaddress {
                {{Address}}/24
              }
            }

            """);
        await File.WriteAllTextAsync(stem + ".conf", configuration, cancellation);
        _daemons[node.Name] = await Network.StartProcessAsync(
            node.Namespace,
            string.Create(CultureInfo.InvariantCulture, $"keepalived-{node.Name}-{++_starts}"),
            Program,
            ["-n", "-l", "-D", "-P", "-f", stem + ".conf", "-p", stem + ".pid", "-r", stem + ".vrrp.pid"]);
    }
}
