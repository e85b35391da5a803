// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.EndToEnd;

/// <summary>The lab all tests work in: three nodes with a speaker, two controllers, back ends, and eyes on the segment.</summary>
public sealed class World : IAsyncLifetime
{
    public const int EchoPort = 5300;
    public const int Controllers = 2;
    private const int MetricsPort = 7472;
    private const int HealthPort = 17472;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<string, NamespaceHttp> _http = [];
    private int _scenes;

    public LabCluster Cluster { get; private set; } = null!;

    public LabNetwork Network => Cluster.Network;

    public IReadOnlyList<LabHost> Nodes => Network.Nodes;

    /// <summary>The API server when it is the one in this process; null when KUBECONFIG names another.</summary>
    public EmbeddedApiServer? Embedded { get; private set; }

    public SegmentEye Eye { get; private set; } = null!;

    public int NextScene => ++_scenes;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Cluster = await LabCluster.StartAsync(
            new LabClusterOptions
            {
                Topology = new LabTopology { Nodes = 3 },
                // What happens is judged here, and not how fast (the demo and the benchmarks have the default): a busy machine that
                // gives a speaker no processor for a moment is no dead node.
                SpeakerArguments = ["--heartbeat-interval", "300"],
                StartApiServer = async cancellation =>
                {
                    Embedded = await EmbeddedApiServer.StartAsync(new ApiServerOptions(), cancellation);
                    return new LabApiServer(Embedded.Kubeconfig(), Embedded);
                },
            },
            Cancellation);
        Eye = await SegmentEye.OpenAsync(Network.Client, Cancellation);
        foreach (var node in Nodes)
        {
            _owned.Add(UdpEcho.Start(node.Namespace, new IPEndPoint(node.ManagementAddress, EchoPort), node.Name));
            await NginxBackend.StartAsync(Network, node, Cancellation);
        }

        await RestoreAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
            owned.Dispose();
        foreach (var http in _http.Values)
            http.Dispose();
        if (Eye is not null)
            await Eye.DisposeAsync();
        if (Cluster is not null)
            await Cluster.DisposeAsync();
    }

    /// <summary>Mends every fault, starts what does not run, and returns when all daemons are ready and one controller leads.</summary>
    public async Task RestoreAsync()
    {
        Embedded?.Faults.Clear();
        Cluster.Relay.Refuse(false);
        await Network.HealAllAsync(Cancellation);
        for (var number = 1; number <= Controllers; number++)
        {
            if (!Cluster.Daemons.TryGetValue($"controller-{number}", out var running) || !running.IsRunning)
                await Cluster.StartControllerAsync(number);
        }

        foreach (var node in Nodes)
        {
            if (!Cluster.Daemons.TryGetValue("speaker-" + node.Name, out var running) || !running.IsRunning)
                await Cluster.StartSpeakerAsync(node);
        }

        await UntilAsync("all daemons are ready and one controller leads", TimeSpan.FromSeconds(45), async () =>
        {
            foreach (var node in Nodes)
            {
                if ((await AskAsync(node, HealthPort, "/readyz")).Status != 200)
                    return $"the speaker on {node} is not ready";
                // After a fault that lasted, each kind is asked for again up to 10 s later.
                if (LostContact(await SpeakerAsync(node, "/status")) is { } lost)
                    return $"the speaker on {node} has no contact for {lost}";
            }

            for (var number = 1; number <= Controllers; number++)
            {
                if ((await ControllerAsync(number, "/readyz")).Status != 200)
                    return $"controller {number} is not ready";
            }

            return await LeaderAsync() is not { } leader ? "no controller leads"
                : LostContact(await ControllerAsync(leader, "/status")) is { } missed ? $"controller {leader} has no contact for {missed}"
                : null;
        });
    }

    /// <summary>Of which kinds the API server does not tell the daemon that answered /status.</summary>
    public static string? LostContact(HttpAnswer status) =>
        status.Status == 200 ? (string?)JsonNode.Parse(status.Body)?["lostContact"] : "anything: no status";

    public async Task<HttpAnswer> AskAsync(LabHost host, int port, string path)
    {
        if (!_http.TryGetValue(host.Name, out var http))
            _http[host.Name] = http = new NamespaceHttp(host.Namespace);
        return await http.GetAsync(new IPEndPoint(IPAddress.Loopback, port), "localhost", path, Cancellation);
    }

    public Task<HttpAnswer> SpeakerAsync(LabHost node, string path) =>
        AskAsync(node, path is "/readyz" or "/healthz" ? HealthPort : MetricsPort, path);

    public Task<HttpAnswer> ControllerAsync(int number, string path) =>
        AskAsync(Network.Control, (path is "/readyz" or "/healthz" ? HealthPort : MetricsPort) + number - 1, path);

    public LabProcess Controller(int number) => Cluster.Daemons[$"controller-{number}"];

    /// <summary>Number of the controller that leads and has read everything, or null.</summary>
    public async Task<int?> LeaderAsync()
    {
        int? leader = null;
        for (var number = 1; number <= Controllers; number++)
        {
            if (!Cluster.Daemons.TryGetValue($"controller-{number}", out var process) || !process.IsRunning)
                continue;
            var answer = await ControllerAsync(number, "/status");
            if (answer.Status == 200 && (bool?)JsonNode.Parse(answer.Body)?["leader"] == true
                && (await ControllerAsync(number, "/readyz")).Status == 200)
                leader = number;
        }

        return leader;
    }

    /// <summary>Number of the controller that leads; waits for it.</summary>
    public async Task<int> WaitForLeaderAsync()
    {
        int? leader = null;
        await UntilAsync("one controller leads", TimeSpan.FromSeconds(20), async () =>
            (leader = await LeaderAsync()) is null ? "none does" : null);
        return leader!.Value;
    }

    /// <summary>Waits until the look finds nothing wrong; at the deadline fails with what it last found and the daemons' logs.</summary>
    public async Task UntilAsync(string what, TimeSpan deadline, Func<Task<string?>> look)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var wrong = await look();
            if (wrong is null)
                return;
            if (Stopwatch.GetElapsedTime(began) > deadline)
                Fail($"not within {deadline.TotalSeconds} s: {what}; last seen: {wrong}");
            await Task.Delay(Look, TimeProvider.System, Cancellation);
        }
    }

    /// <summary>Looks again and again for a time: the look must never find anything wrong.</summary>
    public async Task AlwaysAsync(string what, TimeSpan time, Func<Task<string?>> look)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            if (await look() is { } wrong)
                Fail($"after {Stopwatch.GetElapsedTime(began).TotalSeconds:f1} s no longer true: {what}; seen: {wrong}");
            await Task.Delay(Look, TimeProvider.System, Cancellation);
        }
    }

    /// <summary>Fails with the last lines of every daemon.</summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public void Fail(string message)
    {
        var text = new StringBuilder(message);
        foreach (var (name, process) in Cluster.Daemons.OrderBy(d => d.Key, StringComparer.Ordinal).Where(d => !d.Key.StartsWith("proxy-", StringComparison.Ordinal)))
            text.Append(CultureInfo.InvariantCulture, $"\n--- {name} ({(process.IsRunning ? "runs" : $"ended with {process.ExitCode}")})\n{string.Join('\n', process.Output.Lines.TakeLast(15).Select(Short))}");
        Assert.Fail(text.ToString());
    }

    /// <summary>A line of a daemon's JSON log, cut to when and what; other lines as they are.</summary>
    private static string Short(string line)
    {
        try
        {
            var entry = JsonNode.Parse(line);
            return $"{((string?)entry?["Timestamp"])?[11..]} {entry?["LogLevel"]} {entry?["Message"]}{(entry?["Exception"] is { } fault ? "\n" + fault : "")}";
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            return line;
        }
    }

    public void Check(bool condition, string message)
    {
        if (!condition)
            Fail(message);
    }

    /// <summary>Prints a measured figure with the test.</summary>
    public static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>The test is about faults inside the API server, which somebody else's server cannot be made to have.</summary>
    public EmbeddedApiServer NeedEmbedded()
    {
        Assert.SkipWhen(Embedded is null, "needs the embedded API server");
        return Embedded!;
    }
}
