// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.State;
using LoadBalancer.Lab.Steps;
using LoadBalancer.Lab.Vip;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Lab.Demo;

/// <summary>The demo of vipd: the classic pair of nginx hosts with one address, and each way it can move.</summary>
internal sealed class VipJob : IAsyncDisposable
{
    private const string Address = "192.0.2.100";
    private const string Instance = "web";
    private const int EchoPort = 5300;
    private const int HttpPort = 80;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly StepRunner _steps = new();
    private readonly List<(string What, string Gap)> _gaps = [];
    private readonly List<UdpEcho> _echoes = [];
    private readonly Dictionary<LabHost, NginxBackend> _nginx = [];
    private readonly List<VipdNode> _nodes = [];
    private LabNetwork? _network;

    private VipJob()
    {
    }

    /// <summary>Runs all steps until one fails; returns the exit status.</summary>
    public static async Task<int> RunAsync(CancellationToken cancellation)
    {
        await using VipJob job = new();
        await job.StepsAsync(cancellation);
        job._steps.Summary();
        job._steps.Facts([.. job._gaps]);
        return job._steps.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (UdpEcho echo in _echoes)
            echo.Dispose();
        if (_network is not null)
            await _network.DisposeAsync();
    }

    private LabNetwork Network => _network!;

    private async Task StepsAsync(CancellationToken cancellation)
    {
        _steps.Title("vipd: one address for a pair of nginx hosts, and every way it can move");
        _ = await Step("lab: 2 nodes, client", async (_, ended) =>
            {
                await Sweep.RunAsync(ended);
                _network = await LabNetwork.StartAsync(new LabTopology { Nodes = 2 }, ended);
                _steps.Explain(Network);
                return $"lab {Network.Id}";
            })
            && await Step("nginx on both", async (_, ended) =>
            {
                foreach (LabHost node in Network.Nodes)
                {
                    _nginx[node] = await NginxBackend.StartAsync(Network, node, HttpPort, ended);
                    // The echo is bound before the address comes; a request each millisecond measures the gaps.
                    node.Namespace.SetKernel(("net/ipv4/ip_nonlocal_bind", "1"));
                    _echoes.Add(UdpEcho.Start(node.Namespace, new IPEndPoint(IPAddress.Parse(Address), EchoPort), node.Name));
                }

                return "serves " + string.Join(" and ", NginxBackend.HostNames);
            })
            && await Step("vipd on both: one is master", StartAsync)
            && await Step("the client asks the address", CurlAsync)
            && await Step("cut the master's link", (progress, ended) => MovesAsync(
                "link cut", progress, master => Network.CutLinkAsync(master.Host, Segment.Service, CutKind.Carrier, ended), ended))
            && await Step("heal the link: nothing moves", StaysAsync)
            && await Step("kill -9 the master's vipd", KillAsync)
            && await Step("nginx ends on the master: its script fails", async (progress, ended) =>
            {
                VipdNode failing = await MasterAsync(progress, ended);
                string moved = await MovesAsync("script failure", progress, master => _nginx[master.Host].Process.StopAsync(ended), ended);
                _nginx[failing.Host] = await NginxBackend.StartAsync(Network, failing.Host, HttpPort, ended);
                await BackupAsync(failing, progress, ended);
                return moved;
            })
            && await Step("vipd failover web", (progress, ended) => MovesAsync(
                "manual failover", progress, master => master.RunAsync(["failover", Instance], ended), ended))
            && await Step("vipd maintenance on", async (progress, ended) =>
            {
                VipdNode resting = await MasterAsync(progress, ended);
                string moved = await MovesAsync("maintenance", progress, master => master.RunAsync(["maintenance", "on"], ended), ended);
                await resting.RunAsync(["maintenance", "off"], ended);
                await BackupAsync(resting, progress, ended);
                return moved;
            })
            && await Step("SIGTERM the master's vipd", async (progress, ended) =>
            {
                VipdNode leaving = await MasterAsync(progress, ended);
                string moved = await MovesAsync("SIGTERM", progress, master => master.Process!.StopAsync(ended), ended);
                await leaving.StartAsync(ended);
                await BackupAsync(leaving, progress, ended);
                return moved;
            });

        Task<bool> Step(string name, Func<StepProgress, CancellationToken, Task<string>> step) => _steps.RunAsync(name, step, cancellation);
    }

    private async Task<string> StartAsync(StepProgress progress, CancellationToken cancellation)
    {
        int priority = 150;
        foreach (LabHost host in Network.Nodes)
        {
            VipdNode node = new(Network, host);
            await node.ConfigureAsync(Configuration(priority), cancellation);
            await node.StartAsync(cancellation);
            _nodes.Add(node);
            priority -= 50;
        }

        VipdNode master = await MasterAsync(progress, cancellation);
        foreach (VipdNode other in _nodes.Where(n => n != master))
            await BackupAsync(other, progress, cancellation);
        return $"{master.Host} holds {Address}";
    }

    private async Task<string> CurlAsync(StepProgress progress, CancellationToken cancellation)
    {
        List<string> answers = [];
        using NamespaceHttp http = new(Network.Client.Namespace);
        foreach (string host in NginxBackend.HostNames)
        {
            HttpAnswer answer = await http.GetAsync(new IPEndPoint(IPAddress.Parse(Address), HttpPort), host, "/", cancellation);
            if (answer.Status != 200)
                throw new CommandFailedException($"{host} at {Address}: {answer.Status} {answer.Failure}");
            answers.Add(answer.Body.Trim());
        }

        return string.Join("; ", answers);
    }

    /// <summary>Does something to the master, and says how long the client went without an answer until another node gave it.</summary>
    private async Task<string> MovesAsync(string what, StepProgress progress, Func<VipdNode, Task> fault, CancellationToken cancellation)
    {
        VipdNode before = await MasterAsync(progress, cancellation);
        await using GapProbe probe = GapProbe.Start(Network.Client.Namespace, new IPEndPoint(IPAddress.Parse(Address), EchoPort));
        await probe.WaitForAnswersAsync(200, Deadline, cancellation);
        probe.Restart();
        await fault(before);
        progress.Waiting("another node answers");
        await probe.WaitForOtherAsync(before.Host.Name, Deadline, cancellation);
        await probe.WaitForAnswersAsync(500, Deadline, cancellation);
        GapReport report = await probe.StopAsync(cancellation);
        string gap = Milliseconds(report.LongestSilence);
        _gaps.Add(($"gap, {what}", gap));
        return $"{before.Host} -> {probe.LastAnswerer}; the client saw a gap of {gap}";
    }

    private async Task<string> StaysAsync(StepProgress progress, CancellationToken cancellation)
    {
        VipdNode master = await MasterAsync(progress, cancellation);
        await Network.HealAllAsync(cancellation);
        await BackupAsync(_nodes.First(n => n != master), progress, cancellation);
        return $"{master.Host} keeps the address: preempt is false";
    }

    private async Task<string> KillAsync(StepProgress progress, CancellationToken cancellation)
    {
        VipdNode killed = await MasterAsync(progress, cancellation);
        string moved = await MovesAsync("kill -9", progress, master =>
        {
            master.Process!.Kill();
            return Task.CompletedTask;
        }, cancellation);
        if (!await HasAddressAsync(killed, cancellation))
            throw new CommandFailedException($"{killed.Host} lost the address with its daemon: nobody was there to remove it");
        await killed.StartAsync(cancellation);
        await BackupAsync(killed, progress, cancellation);
        await UntilAsync("the leftover address is swept", progress, async () => !await HasAddressAsync(killed, cancellation), cancellation);
        return $"{moved}; started again, it swept the address it had left behind";
    }

    private static async Task<bool> HasAddressAsync(VipdNode node, CancellationToken cancellation) =>
        (await LabNetwork.RunAsync(node.Host.Namespace, "ip", ["-4", "-o", "address", "show", "to", Address], null, cancellation)).Trim().Length > 0;

    private async Task<VipdNode> MasterAsync(StepProgress progress, CancellationToken cancellation)
    {
        VipdNode? master = null;
        await UntilAsync("one node is master", progress, async () =>
        {
            List<VipdNode> masters = [];
            foreach (VipdNode node in _nodes)
            {
                if (await node.StateAsync(Instance, cancellation) == "master")
                    masters.Add(node);
            }

            master = masters is [var only] ? only : null;
            return master is not null;
        }, cancellation);
        return master!;
    }

    private static Task BackupAsync(VipdNode node, StepProgress progress, CancellationToken cancellation) =>
        UntilAsync($"{node.Host} is backup", progress, async () => await node.StateAsync(Instance, cancellation) == "backup", cancellation);

    private static Task UntilAsync(string what, StepProgress progress, Func<Task<bool>> look, CancellationToken cancellation) =>
        DemoCluster.UntilAsync(what, Deadline, progress, look, cancellation);

    private static string Configuration(int priority) => string.Create(CultureInfo.InvariantCulture, $$"""
        version: 1
        instances:
          {{Instance}}:
            interface: eth0
            virtualRouterId: 51
            priority: {{priority}}
            preempt: false
            advertInterval: 100ms
            addresses: [{{Address}}/24]
            track:
              scripts: [nginx]
        scripts:
          nginx:
            command: [/usr/bin/curl, -fsS, -m, "1", -o, /dev/null, -H, "Host: {{NginxBackend.HostNames[0]}}", "http://127.0.0.1:{{HttpPort}}/"]
            interval: 250ms
            timeout: 1s
            fall: 2
        """);

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:f0} ms");
}
