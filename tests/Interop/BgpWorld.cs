// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Interop;

/// <summary>A cluster that all tests share; each test brings a router of its own to it.</summary>
public sealed class BgpWorld : IAsyncLifetime
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly List<UdpEcho> _echoes = [];
    private LabCluster? _cluster;

    /// <summary>UDP port at which every Service answers probes.</summary>
    public const int EchoPort = 5300;

    /// <summary>How many nodes there are.</summary>
    public int Nodes { get; init; } = 3;

    public LabCluster Cluster => _cluster!;

    public LabNetwork Network => Cluster.Network;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await LabCluster.StartAsync(
            new LabClusterOptions
            {
                Topology = new LabTopology { Nodes = Nodes, RemoteClient = true },
                StartApiServer = static async cancellation =>
                {
                    EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new ApiServerOptions(), cancellation);
                    return new LabApiServer(server.Kubeconfig(), server);
                },
            },
            Cancellation);
        try
        {
            // Flows, not hosts, are what the router spreads.
            Network.Router.Namespace.SetKernel(("net/ipv4/fib_multipath_hash_policy", "1"), ("net/ipv6/fib_multipath_hash_policy", "1"));
            await Cluster.StartControllerAsync();
            foreach (LabHost node in Network.Nodes)
            {
                await NginxBackend.StartAsync(Network, node, Cancellation);
                foreach (IPAddress own in (IPAddress[])[node.ManagementAddress, node.ManagementAddress6])
                    _echoes.Add(UdpEcho.Start(node.Namespace, new IPEndPoint(own, EchoPort), node.Name));
                await Cluster.StartSpeakerAsync(node);
            }

            await CreateAsync("metallb.io/v1beta1", "IPAddressPool", "pool", """{"addresses": ["192.0.2.192/26", "2001:db8:0:9::/120"]}""");
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Prints a measured figure with the test.</summary>
    public static void Say(FormattableString line) => TestContext.Current.TestOutputHelper?.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Creates an object of the cluster's own namespace from its spec.</summary>
    public Task CreateAsync(string version, string kind, string name, string spec) => Cluster.Admin.CreateAsync(
        new JsonObject
        {
            ["apiVersion"] = version,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Cluster.Namespace },
            ["spec"] = JsonNode.Parse(spec),
        },
        Cancellation);

    /// <summary>Deletes an object; it may be gone already.</summary>
    public Task DeleteAsync(string path) => Cluster.Admin.SendAsync(HttpMethod.Delete, path, null, Cancellation);

    /// <summary>Messages that a speaker has logged, from its n-th line on.</summary>
    public IEnumerable<string> Logged(LabHost node, int from = 0)
    {
        foreach (string line in Cluster.Speaker(node).Output.From(from))
            yield return Message(line);
    }

    /// <summary>Creates a Service of both families, served by nginx on every node.</summary>
    public async Task<(string IPv4, string IPv6)> ServeAsync(string name, string policy = "Cluster")
    {
        await Cluster.Admin.CreateAsync(
            JsonNode.Parse($$"""
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "{{name}}", "namespace": "{{Cluster.Namespace}}"},
             "spec": {"type": "LoadBalancer", "externalTrafficPolicy": "{{policy}}", "ipFamilyPolicy": "RequireDualStack", "selector": {"app": "web"},
                      "ports": [{"name": "http", "protocol": "TCP", "port": 80}, {"name": "echo", "protocol": "UDP", "port": {{EchoPort}}}] } }
            """)!,
            Cancellation);
        await Cluster.SetEndpointsAsync(
            Cluster.Namespace, name, [("http", "TCP", NginxBackend.HttpPort), ("echo", "UDP", EchoPort)], Network.Nodes.ToDictionary(n => n, _ => EndpointState.Ready), Cancellation);
        string[] addresses = [];
        await UntilAsync($"Service {name} has its addresses", TimeSpan.FromSeconds(20), async () =>
        {
            (_, JsonNode? service) = await Cluster.Admin.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{Cluster.Namespace}/services/{name}", null, Cancellation);
            addresses = [.. service?["status"]?["loadBalancer"]?["ingress"]?.AsArray().Select(i => (string)i!["ip"]!) ?? []];
            return addresses.Length == 2 ? null : service?["status"]?.ToJsonString() ?? "no status";
        });
        return (addresses.Single(a => !a.Contains(':', StringComparison.Ordinal)), addresses.Single(a => a.Contains(':', StringComparison.Ordinal)));
    }

    /// <summary>Waits until the look finds nothing wrong; at the deadline fails with what it last found and the daemons' logs.</summary>
    public async Task UntilAsync(string what, TimeSpan deadline, Func<Task<string?>> look)
    {
        long began = Stopwatch.GetTimestamp();
        while (await look() is { } wrong)
        {
            if (Stopwatch.GetElapsedTime(began) > deadline)
                Fail($"not within {deadline.TotalSeconds} s: {what}; last seen: {wrong}");
            await Task.Delay(Look, TimeProvider.System, Cancellation);
        }
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public void Fail(string message)
    {
        StringBuilder text = new(message);
        foreach ((string name, LabProcess process) in Cluster.Daemons.OrderBy(static d => d.Key, StringComparer.Ordinal).Where(static d => !d.Key.StartsWith("proxy-", StringComparison.Ordinal)))
            text.Append(CultureInfo.InvariantCulture, $"\n--- {name} ({(process.IsRunning ? "runs" : $"ended with {process.ExitCode}")})\n{string.Join('\n', process.Output.Lines.TakeLast(12).Select(Message))}");
        Assert.Fail(text.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (UdpEcho echo in _echoes)
            echo.Dispose();
        _echoes.Clear();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    private static string Message(string line)
    {
        try
        {
            return (string?)JsonNode.Parse(line)?["Message"] ?? line;
        }
        catch (System.Text.Json.JsonException)
        {
            return line;
        }
    }
}
