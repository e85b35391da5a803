// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Workloads;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>
/// Two nodes, of which the first tracks one of each kind, all well at the begin. What weighs takes 60 off a priority of 150, under
/// the 100 of the second; what does not is a fault.
/// </summary>
public sealed class TrackedPair(VipLab lab) : IAsyncLifetime
{
    public const string ProcessName = "lab-tracked";
    public const string Network = "198.51.100.0/24";
    public const int TcpPort = 9100;

    private NginxBackend? _nginx;
    private LabProcess? _process;
    private LabProcess? _bird;
    private Socket? _listener;

    public Scene Scene { get; private set; } = null!;

    public LabHost First => lab.Nodes[0];

    public LabHost Second => lab.Nodes[1];

    /// <summary>The other side of BFD.</summary>
    public LabHost Third => lab.Nodes[2];

    /// <summary>While it is there the script that weighs fails.</summary>
    public string FailingMark => Path.Combine(Scene.DirectoryOf(First), "failing");

    /// <summary>Each line of it is one failure of the script that must fail three times.</summary>
    public string FailuresFile => Path.Combine(Scene.DirectoryOf(First), "failures");

    /// <summary>Made by that script when it does not fail.</summary>
    public string SuccessMark => Path.Combine(Scene.DirectoryOf(First), "succeeded");

    /// <summary>While it is there the script that may hang does.</summary>
    public string HangingMark => Path.Combine(Scene.DirectoryOf(First), "hanging");

    /// <summary>Where the script that hangs leaves the ids of its processes.</summary>
    public string HangingIds => Path.Combine(Scene.DirectoryOf(First), "hanging-ids");

    public string ValueFile => Path.Combine(Scene.DirectoryOf(First), "value");

    public Task InNodeAsync(string file, params IReadOnlyList<string> arguments) => LabNetwork.RunAsync(First.Namespace, file, arguments, null, VipLab.Cancellation);

    public async ValueTask InitializeAsync()
    {
        Scene = lab.Open();
        await Task.WhenAll(StartNginxAsync(), StartProcessAsync(), StartPeerAsync());
        Listen();
        await InNodeAsync("ip", "link", "add", "watched", "type", "veth", "peer", "name", "watched-end");
        await InNodeAsync("ip", "link", "set", "watched-end", "up");
        await InNodeAsync("ip", "link", "set", "watched", "up");
        await AddRouteAsync();
        await System.IO.File.WriteAllTextAsync(FailuresFile, "", VipLab.Cancellation);
        string failing = await Scene.ScriptAsync(First, "fails", $"test ! -e {FailingMark}\n");
        string thrice = await Scene.ScriptAsync(First, "fails-thrice", $"if [ ! -s {FailuresFile} ]; then touch {SuccessMark}; exit 0; fi\nsed -i 1d {FailuresFile}\nexit 1\n");
        string hangs = await Scene.ScriptAsync(First, "hangs", $"[ -e {HangingMark} ] || exit 0\nsleep 1000 &\necho $$ $! > {HangingIds}\nwait\n");
        await Task.WhenAll(
            Scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/24", more: """
                    track:
                      interfaces: [watched]
                      scripts: [{ name: fails, weight: -60 }, fails-thrice, hangs]
                      processes: [worker]
                      files: [value]
                      routes: [uplink]
                      services: [http, tcp]
                      bfdPeers: [peer]

                """)) + $$"""
                scripts:
                  fails: { command: [{{failing}}], user: root, interval: 100ms }
                  fails-thrice: { command: [{{thrice}}], user: root, interval: 100ms, fall: 3, rise: 2 }
                  hangs: { command: [{{hangs}}], user: root, interval: 300ms }
                processes:
                  worker: { command: [{{ProcessName}}] }
                files:
                  value: { path: {{ValueFile}}, weight: 1, initialValue: 0 }
                routes:
                  uplink: { destination: {{Network}}, via: {{lab.Network.Router.ServiceAddress}} }
                services:
                  http:
                    check:
                      { kind: http, connectAddress: {{First.ManagementAddress}}, connectPort: {{NginxBackend.HttpPort}}, interval: 200ms, timeout: 5s, fall: 1, warmup: 0s,
                        requests: [{ path: /, host: {{NginxBackend.HostNames[0]}}, bodyMatches: answered }] }
                  tcp:
                    check: { kind: tcp, connectPort: {{TcpPort}}, interval: 200ms, timeout: 5s, fall: 1, warmup: 0s }
                bfdPeers:
                  peer: { neighbor: {{Third.ServiceAddress}}, source: {{First.ServiceAddress}}, receiveInterval: 100ms, transmitInterval: 100ms, multiplier: 5 }

                """),
            Scene.StartAsync(Second, File(Instance("web", 100, VipLab.Vip + "/24"))));
    }

    public async Task StartNginxAsync() => _nginx = await NginxBackend.StartAsync(lab.Network, First, VipLab.Cancellation);

    public Task KillNginxAsync()
    {
        _nginx!.Process.Kill();
        return _nginx.Process.WaitForExitAsync(VipLab.Cancellation);
    }

    public async Task StartProcessAsync()
    {
        string program = Path.Combine(lab.Network.State.Directory, ProcessName);
        if (!System.IO.File.Exists(program))
        {
            System.IO.File.Copy("/bin/sleep", program);
        }

        _process = await lab.Network.StartProcessAsync(First.Namespace, ProcessName, program, "1000");
    }

    public Task KillProcessAsync()
    {
        _process!.Kill();
        return _process.WaitForExitAsync(VipLab.Cancellation);
    }

    /// <summary>Accepts connections for the check of a port.</summary>
    public void Listen()
    {
        _listener = First.Namespace.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, TcpPort));
        _listener.Listen(512);
    }

    /// <summary>Refuses connections to that port.</summary>
    public void Close() => _listener!.Dispose();

    public Task AddRouteAsync() => InNodeAsync("ip", "route", "add", Network, "via", lab.Network.Router.ServiceAddress.ToString());

    public Task CutPeerAsync() => lab.Network.CutLinkAsync(Third, Segment.Service, CutKind.Silent, VipLab.Cancellation);

    public Task HealPeerAsync() => lab.Network.HealLinkAsync(Third, Segment.Service, VipLab.Cancellation);

    public async ValueTask DisposeAsync()
    {
        await Scene.DisposeAsync();
        _listener?.Dispose();
        await Task.WhenAll(((LabProcess?[])[_nginx?.Process, _process, _bird]).OfType<LabProcess>().Select(static p => p.DisposeAsync().AsTask()));
        await InNodeAsync("ip", "link", "del", "watched");
        await InNodeAsync("ip", "route", "del", Network);
    }

    private async Task StartPeerAsync()
    {
        string directory = Directory.CreateDirectory(Path.Combine(lab.Network.State.Directory, "bfd-peer")).FullName;
        string file = Path.Combine(directory, "bird.conf");
        await System.IO.File.WriteAllTextAsync(file, $$"""
            log stderr all;
            router id {{Third.ServiceAddress}};
            protocol device { }
            protocol bfd {
              interface "eth0" { min rx interval 100 ms; min tx interval 100 ms; multiplier 5; };
              neighbor {{First.ServiceAddress}} dev "eth0" local {{Third.ServiceAddress}};
            }

            """, VipLab.Cancellation);
        _bird = await lab.Network.StartProcessAsync(
            Third.Namespace, "bfd-peer", "bird", "-f", "-c", file, "-s", Path.Combine(directory, "bird.ctl"), "-P", Path.Combine(directory, "bird.pid"));
    }
}
