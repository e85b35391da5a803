// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.State;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Lab.Tests;

public sealed class LabNetworkTests
{
    private const int EchoPort = 7007;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Network_StartedAndDisposed_IsReachableOnBothSegmentsAndLeavesNothing()
    {
        var began = Stopwatch.GetTimestamp();
        var network = await LabNetwork.StartAsync(new LabTopology { RemoteClient = true }, Cancellation);
        TestContext.Current.SendDiagnosticMessage($"lab up in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:f0} ms");
        var state = network.State;
        await using (network)
        {
            foreach (var node in network.Nodes)
            {
                await PingAsync(network.Client.Namespace, node.ServiceAddress);
                await PingAsync(network.Client.Namespace, node.ServiceAddress6);
                await PingAsync(network.Control.Namespace, node.ManagementAddress);
                await PingAsync(network.Control.Namespace, node.ManagementAddress6);
            }

            await PingAsync(network.Remote!, network.Nodes[0].ServiceAddress);
            Assert.Equal(8, state.Namespaces().Count);
        }

        Assert.Empty(state.Namespaces());
        Assert.False(Directory.Exists(state.Directory));
    }

    [Fact]
    public async Task Networks_Two_StandSideBySide()
    {
        await using var first = await LabNetwork.StartAsync(new LabTopology { Nodes = 1 }, Cancellation);
        await using var second = await LabNetwork.StartAsync(new LabTopology { Nodes = 1 }, Cancellation);
        await PingAsync(first.Client.Namespace, first.Nodes[0].ServiceAddress);
        await PingAsync(second.Client.Namespace, second.Nodes[0].ServiceAddress);
        Assert.NotEqual(first.Id, second.Id);
    }

    [Theory]
    [InlineData(CutKind.Carrier, "NO-CARRIER")]
    [InlineData(CutKind.Silent, "LOWER_UP")]
    public async Task Cut_OfOneSegment_SilencesItAloneUntilHealed(CutKind kind, string flag)
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 1 }, Cancellation);
        var node = network.Nodes[0];
        using var echo = UdpEcho.Start(node.Namespace, new IPEndPoint(node.ServiceAddress, EchoPort), node.Name);
        await using var probe = GapProbe.Start(network.Client.Namespace, new IPEndPoint(node.ServiceAddress, EchoPort));
        await probe.WaitForAnswersAsync(50, Patience, Cancellation);

        await network.CutLinkAsync(node, Segment.Service, kind, Cancellation);
        probe.Restart();
        var link = await LabNetwork.RunAsync(node.Namespace, "ip", ["link", "show", "eth0"], null, Cancellation);
        Assert.Contains(flag, link, StringComparison.Ordinal);
        await PingAsync(network.Control.Namespace, node.ManagementAddress);
        Assert.True(probe.Report().Received <= 2, probe.Report().ToString());

        await network.HealLinkAsync(node, Segment.Service, Cancellation);
        await probe.WaitForAnswersAsync(50, Patience, Cancellation);
    }

    [Fact]
    public async Task Probe_KnownSilence_MeasuresIt()
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 1 }, Cancellation);
        var node = network.Nodes[0];
        using var echo = UdpEcho.Start(node.Namespace, new IPEndPoint(node.ServiceAddress, EchoPort), node.Name);
        await using var probe = GapProbe.Start(network.Client.Namespace, new IPEndPoint(node.ServiceAddress, EchoPort));
        await probe.WaitForAnswersAsync(200, Patience, Cancellation);
        probe.Restart();

        var before = Stopwatch.GetTimestamp();
        await network.CutLinkAsync(node, Segment.Service, CutKind.Silent, Cancellation);
        var cut = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, Cancellation);
        var healing = Stopwatch.GetTimestamp();
        await network.HealLinkAsync(node, Segment.Service, Cancellation);
        var healed = Stopwatch.GetTimestamp();
        var answered = probe.Report().Received;
        await probe.WaitForAnswersAsync(answered + 100, Patience, Cancellation);
        var report = await probe.StopAsync(Cancellation);

        // The silence lies between the certain part of the cut and the whole of it; a few milliseconds are the machine's.
        Assert.True(report.LongestSilence >= Stopwatch.GetElapsedTime(cut, healing), report.ToString());
        Assert.True(report.LongestSilence <= Stopwatch.GetElapsedTime(before, healed) + TimeSpan.FromMilliseconds(30), report.ToString());
        Assert.True(report.Recovered);
        Assert.InRange(report.Lost, 200, report.Sent);
        Assert.Equal([node.Name], report.Answerers.Select(a => a.Node));
    }

    [Fact]
    public async Task Probe_NobodyAnswers_ReportsSilenceThatIsNotOver()
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 1 }, Cancellation);
        await using var probe = GapProbe.Start(network.Client.Namespace, new IPEndPoint(IPAddress.Parse("192.0.2.200"), EchoPort));
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        var report = await probe.StopAsync(Cancellation);
        Assert.Equal(0, report.Received);
        Assert.False(report.Recovered);
        // The probe begins to send a little after it was started.
        Assert.True(report.LongestSilence >= TimeSpan.FromMilliseconds(50), report.ToString());
    }

    [Fact]
    public async Task Partition_BetweenNodes_LeavesTheirOtherPathsAlone()
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 3 }, Cancellation);
        await network.PartitionAsync(Segment.Service, [network.Nodes[0]], [network.Nodes[1]], Cancellation);
        await PingAsync(network.Nodes[0].Namespace, network.Nodes[2].ServiceAddress);
        await PingAsync(network.Nodes[0].Namespace, network.Nodes[1].ManagementAddress);
        await Assert.ThrowsAsync<CommandFailedException>(() => PingAsync(network.Nodes[0].Namespace, network.Nodes[1].ServiceAddress, "1"));
        await network.HealAllAsync(Cancellation);
        await PingAsync(network.Nodes[0].Namespace, network.Nodes[1].ServiceAddress);
    }

    [Fact]
    public async Task Loss_OfHalfTheFrames_IsSeenByTheProbe()
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 1 }, Cancellation);
        var node = network.Nodes[0];
        using var echo = UdpEcho.Start(node.Namespace, new IPEndPoint(node.ServiceAddress, EchoPort), node.Name);
        await using var probe = GapProbe.Start(network.Client.Namespace, new IPEndPoint(node.ServiceAddress, EchoPort));
        await probe.WaitForAnswersAsync(50, Patience, Cancellation);
        await network.LoseAsync(node, Segment.Service, 0.5, Cancellation);
        probe.Restart();
        await probe.WaitForAnswersAsync(100, Patience, Cancellation);
        var report = await probe.StopAsync(Cancellation);
        // Both directions lose half: a quarter of the requests is answered.
        Assert.InRange((double)report.Received / report.Sent, 0.1, 0.45);
    }

    [Fact]
    public async Task Process_InNamespace_IsSeenWaitedForAndStopped()
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 1 }, Cancellation);
        var process = await network.StartProcessAsync(
            network.Nodes[0].Namespace, "shell", "sh", "-c", "ip -br addr show eth0; echo ready; exec sleep 600");
        var line = await process.WaitForLineAsync("192.0.2.11", Patience, Cancellation);
        Assert.StartsWith("eth0", line, StringComparison.Ordinal);
        await process.WaitForLineAsync("ready", Patience, Cancellation);
        Assert.True(process.ResidentBytes > 0);
        Assert.Equal(128 + 15, await process.StopAsync(Cancellation));
        Assert.Contains("ready", await File.ReadAllTextAsync(process.LogFile, Cancellation), StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => process.WaitForLineAsync("never", Patience, Cancellation));
        Assert.Contains("ready", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_OwnerKilled_RemovesItsLabAndNoOther()
    {
        await using var mine = await LabNetwork.StartAsync(new LabTopology { Nodes = 1 }, Cancellation);
        using var owner = Process.Start(new ProcessStartInfo(LabProgram, ["up", "--nodes", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        var id = "";
        while (await owner.StandardOutput.ReadLineAsync(Cancellation) is { } line && id.Length == 0)
        {
            if (line.StartsWith("lab ", StringComparison.Ordinal))
                id = line.Split(' ')[1];
        }

        var state = LabState.All().Single(l => l.Id == id);
        Assert.NotEmpty(state.Namespaces());
        using var inhabitant = Process.Start("ip", ["netns", "exec", state.Namespaces()[0], "sleep", "600"]);
        owner.Kill();
        await owner.WaitForExitAsync(Cancellation);
        Assert.NotEmpty(state.Namespaces());

        await Sweep.RunAsync(Cancellation);
        Assert.Empty(state.Namespaces());
        await inhabitant.WaitForExitAsync(Cancellation);
        Assert.NotEmpty(mine.State.Namespaces());
    }

    [Fact]
    public async Task Program_Terminated_TakesItsLabDown()
    {
        using var owner = Process.Start(new ProcessStartInfo(LabProgram, ["up", "--nodes", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        var line = await owner.StandardOutput.ReadLineAsync(Cancellation) ?? "";
        var state = LabState.All().Single(l => l.Id == line.Split(' ')[1]);
        await Command.RunAsync("kill", ["-TERM", owner.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], null, Cancellation);
        await owner.WaitForExitAsync(Cancellation);
        Assert.Empty(state.Namespaces());
        Assert.False(Directory.Exists(state.Directory));
    }

    private static string LabProgram => Path.Combine(AppContext.BaseDirectory, "lab");

    private static Task PingAsync(LabNamespace from, IPAddress to, string wait = "3") =>
        LabNetwork.RunAsync(from, "ping", ["-n", "-c", "1", "-W", wait, to.ToString()], null, Cancellation);
}
