// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Workloads;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>A node that holds the address and forwards to the two others, which run nginx and answer by UDP; a third stands by to say sorry.</summary>
public sealed class ForwardingScene(VipLab lab) : IAsyncLifetime
{
    public const int UdpPort = 5300;
    private const int SorryPort = NginxBackend.HttpPort;

    private readonly ConcurrentDictionary<LabHost, NginxBackend> _nginx = [];
    private readonly Dictionary<LabHost, UdpEcho> _echo = [];
    private string _inForce = "";

    public Scene Scene { get; private set; } = null!;

    public LabHost Forwarder => lab.Nodes[0];

    public IReadOnlyList<LabHost> Servers => [lab.Nodes[1], lab.Nodes[2]];

    public LabHost Sorry => lab.Network.Control;

    public LabHost Client => lab.Network.Client;

    public static IPEndPoint Web { get; } = new(IPAddress.Parse(VipLab.Vip), 80);

    public async ValueTask InitializeAsync()
    {
        Scene = lab.Open();
        await Task.WhenAll(Servers.Append(Sorry).Select(StartServerAsync));
        Servers.ToList().ForEach(StartEcho);
        foreach (LabHost server in Servers)
        {
            // What keeps the client's address comes back by the node that forwarded it.
            await LabNetwork.RunAsync(server.Namespace, "ip", ["rule", "add", "from", server.ManagementAddress.ToString(), "lookup", "77"], null, VipLab.Cancellation);
            await LabNetwork.RunAsync(
                server.Namespace, "ip", ["route", "add", "default", "via", Forwarder.ManagementAddress.ToString(), "table", "77"], null, VipLab.Cancellation);
        }

        await Scene.StartAsync(Forwarder, Configuration(""));
        await Scene.WaitForHoldersAsync(VipLab.Vip, Forwarder);
    }

    public async Task StartServerAsync(LabHost host) => _nginx[host] = await NginxBackend.StartAsync(lab.Network, host, VipLab.Cancellation);

    public async Task KillServerAsync(LabHost host)
    {
        _nginx[host].Process.Kill();
        await _nginx[host].Process.WaitForExitAsync(VipLab.Cancellation);
    }

    public void StartEcho(LabHost host) => _echo[host] = UdpEcho.Start(host.Namespace, new IPEndPoint(host.ManagementAddress, UdpPort), host.Name);

    public void StopEcho(LabHost host) => _echo[host].Dispose();

    /// <summary>A virtual server for HTTP; the servers are all unless some are named, and settings are more lines of YAML.</summary>
    public string Http(string settings, params IReadOnlyList<LabHost> servers) => $$"""
          web:
            endpoints: ["{{Web}}"]
        {{string.Concat(settings.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(static s => $"    {s}\n"))}}    servers:
        {{string.Concat((servers.Count > 0 ? servers : Servers).Select(static h => $$"""
              - address: {{h.ManagementAddress}}
                port: {{NginxBackend.HttpPort}}
                checks:
                  - { kind: http, interval: 200ms, timeout: 5s, fall: 1, retryDelay: 100ms, warmup: 0s, requests: [{ path: /, host: {{NginxBackend.HostNames[0]}} }] }

        """))}}
            sorryServer: { address: {{Sorry.ManagementAddress}}, port: {{SorryPort}} }

        """;

    /// <summary>A virtual server for UDP.</summary>
    public string Udp() => $$"""
          echo:
            endpoints: ["{{VipLab.Vip}}:{{UdpPort}}"]
            protocol: udp
            method: masquerade
            servers:
        {{string.Concat(Servers.Select(static h => $$"""
              - address: {{h.ManagementAddress}}
                port: {{UdpPort}}
                checks:
                  - { kind: udp, interval: 200ms, timeout: 1s, fall: 1, retryDelay: 100ms, warmup: 0s, payload: "ffffffffffffffff", requireReply: true }

        """))}}

        """;

    /// <summary>Brings virtual servers into force, and waits until they are and every check was asked.</summary>
    public async Task ApplyAsync(string servers)
    {
        // What a test that failed left dead is not the next one's matter.
        await Task.WhenAll(_nginx.Where(static n => !n.Value.Process.IsRunning).Select(n => StartServerAsync(n.Key)).ToArray());
        long before = -1;
        if (servers != _inForce)
        {
            before = await TransactionsAsync();
            await Scene.ReloadAsync(Forwarder, Configuration(servers));
            _inForce = servers;
        }

        await EventuallyAsync("what is forwarded is in force", async () =>
        {
            JsonNode forwarding = (await Scene.StatusAsync(Forwarder))["forwarding"]!;
            JsonArray all = forwarding["virtualServers"]!.AsArray();
            return (long)forwarding["transactions"]! > before && (bool)forwarding["isActive"]! && forwarding["problems"]!.AsArray().Count == 0 && all.Count == servers.Split("endpoints:").Length - 1
                && all.All(static v => (bool)v!["isHeld"]! && v["servers"]!.AsArray().All(static s => (bool)s!["isUp"]! && s["checks"]!.AsArray().All(static c => (long)c!["asked"]! > 0)))
                && all.Sum(static v => v!["servers"]!.AsArray().Count) == servers.Split("- address:").Length - 1;
        });
    }

    /// <summary>Waits until a server of the first virtual server is up or down, and forwarding has followed.</summary>
    public Task WaitForAsync(LabHost server, bool isUp) => EventuallyAsync($"{server} is {(isUp ? "up" : "down")}", async () =>
        (bool)(await VirtualServerAsync())["servers"]!.AsArray().Single(s => (string)s!["address"]! == server.ManagementAddress.ToString())!["isUp"]! == isUp);

    /// <summary>The first virtual server in the status.</summary>
    public async Task<JsonNode> VirtualServerAsync() => (await Scene.StatusAsync(Forwarder))["forwarding"]!["virtualServers"]![0]!;

    private async Task<long> TransactionsAsync() => (long)(await Scene.StatusAsync(Forwarder))["forwarding"]!["transactions"]!;

    private static string Configuration(string servers) =>
        File(Instance("web", 150, VipLab.Vip + "/24")) + (servers.Length > 0 ? "virtualServers:\n" + servers : "");

    public async ValueTask DisposeAsync()
    {
        await Scene.DisposeAsync();
        foreach (UdpEcho echo in _echo.Values)
        {
            echo.Dispose();
        }

        foreach (LabProcess process in _nginx.Values.Select(static n => n.Process))
        {
            await process.DisposeAsync();
        }

        foreach (LabHost server in Servers)
        {
            await LabNetwork.RunAsync(server.Namespace, "ip", ["rule", "del", "lookup", "77"]);
            await LabNetwork.RunAsync(server.Namespace, "ip", ["route", "flush", "table", "77"]);
        }
    }
}
