// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.State;
using LoadBalancer.Lab.Steps;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Lab.Demo;

/// <summary>The demo, step by step; each step says what happened, and the last table sums up.</summary>
internal sealed class MainJob
{
    private const string Pool = "production";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FlapWatch = TimeSpan.FromSeconds(3);

    private readonly StepRunner _steps = new();
    private DemoCluster? _demo;
    private string _address = "";
    private string _announcer = "";
    private string _mac = "";
    private GapReport? _cut;
    private HttpLoadReport? _drain;

    /// <summary>Runs all steps until one fails; returns the exit status.</summary>
    public static async Task<int> RunAsync(bool keep, CancellationToken cancellation)
    {
        MainJob job = new();
        try
        {
            await job.StepsAsync(cancellation);
            job._steps.Summary();
            if (job._demo is { } demo)
            {
                job._steps.Facts(
                    ("address", job._address),
                    ("announcing node", job._announcer),
                    ("its MAC", job._mac),
                    ("gap, link cut", job._cut is { } cut ? Milliseconds(cut.LongestSilence) : "-"),
                    ("drain", job._drain?.ToString() ?? "-"));
                if (keep)
                {
                    await StayAsync(demo, job._steps, cancellation);
                }
            }

            return job._steps.ExitCode;
        }
        finally
        {
            if (job._demo is { } demo)
            {
                await demo.DisposeAsync();
            }
        }
    }

    private DemoCluster Demo => _demo!;

    private async Task StepsAsync(CancellationToken cancellation)
    {
        _steps.Title("LoadBalancer: an address for nginx-ingress-svc, and what happens when nodes go");
        _ = await Step("lab: 3 nodes, router, client, API server", async (_, ended) =>
            {
                await Sweep.RunAsync(ended);
                _demo = await DemoCluster.StartAsync(ended);
                _steps.Explain(Demo.Network);
                return $"lab {Demo.Network.Id}; CRDs and RBAC of config/ are in force; the lab's service proxy stands in for kube-proxy";
            })
            && await Step("nginx on every node", async (_, ended) =>
            {
                await Demo.StartWorkloadsAsync(ended);
                return $"serves {string.Join(" and ", NginxBackend.HostNames)}";
            })
            && await Step("controller (2 replicas) and 3 speakers", async (progress, ended) =>
            {
                await Demo.StartDaemonsAsync(progress, ended);
                return "ready; one controller leads";
            })
            && await Step("apply IPAddressPool and L2Advertisement", ApplyAsync)
            && await Step("nginx-ingress-svc gets its address", AssignAsync)
            && await Step("client asks by address and host name", CurlAsync)
            && await Step("exactly one node answers for the address", AnnouncerAsync)
            && await Step("cut the announcing node's link", CutAsync)
            && await Step("heal the link: nothing moves", HealAsync)
            && await Step("drain the announcing node", DrainAsync)
            && await Step("delete the Services", DeleteAsync);

        Task<bool> Step(string name, Func<StepProgress, CancellationToken, Task<string>> step) => _steps.RunAsync(name, step, cancellation);
    }

    private async Task<string> ApplyAsync(StepProgress progress, CancellationToken cancellation)
    {
        await Demo.ApplySampleAsync("ipaddresspool.yaml", cancellation);
        await Demo.ApplySampleAsync("l2advertisement.yaml", cancellation);
        foreach (string plural in (string[])["ipaddresspools", "l2advertisements"])
        {
            await DemoCluster.UntilAsync($"{plural} {Pool} accepted", Deadline, progress, async () =>
                await Demo.ConditionAsync(plural, Pool, cancellation) == "Accepted=True", cancellation);
        }

        return "both Accepted";
    }

    private async Task<string> AssignAsync(StepProgress progress, CancellationToken cancellation)
    {
        await Demo.ApplySampleAsync("ingress-nginx.yaml", cancellation, manifest => (string?)manifest["kind"] == "Namespace");
        long began = Stopwatch.GetTimestamp();
        await Demo.ApplySampleAsync("ingress-nginx.yaml", cancellation, manifest => (string?)manifest["kind"] == "Service");
        await DemoCluster.UntilAsync("the Service has an address", Deadline, progress, async () =>
            (_address = await Demo.AddressAsync(DemoCluster.Web, cancellation) ?? "").Length > 0, cancellation);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        await Demo.ShareAddressAsync(cancellation);
        await Demo.CreateEchoAsync(_address, cancellation);
        await DemoCluster.UntilAsync("the UDP Service shares it", Deadline, progress, async () =>
            await Demo.AddressAsync(DemoCluster.Echo, cancellation) == _address, cancellation);
        await Demo.SetEndpointsAsync(cancellation);
        return $"{_address} of pool {Pool}, {Milliseconds(took)} after it was created";
    }

    private async Task<string> CurlAsync(StepProgress progress, CancellationToken cancellation)
    {
        List<string> answers = [];
        foreach (string host in NginxBackend.HostNames)
        {
            string answer = "";
            await DemoCluster.UntilAsync($"{host} is answered", Deadline, progress, async () =>
            {
                try
                {
                    answer = await Demo.CurlAsync(_address, host, cancellation);
                    return answer.Contains("[200]", StringComparison.Ordinal);
                }
                catch (CommandFailedException)
                {
                    return false;
                }
            }, cancellation);
            answers.Add($"{host}: {answer}");
        }

        return string.Join("; ", answers);
    }

    private async Task<string> AnnouncerAsync(StepProgress progress, CancellationToken cancellation)
    {
        IReadOnlyList<string> nodes = [];
        await DemoCluster.UntilAsync("one ServiceL2Status names the node", Deadline, progress, async () =>
            (nodes = await Demo.AnnouncersAsync(cancellation)).Count == 1, cancellation);
        _announcer = nodes[0];
        await OnlyAnswerAsync(cancellation);
        return $"{_announcer} ({_mac})";
    }

    private async Task<string> CutAsync(StepProgress progress, CancellationToken cancellation)
    {
        LabHost lost = Demo.Cluster.Host(_announcer);
        await using GapProbe probe = GapProbe.Start(Demo.Network.Client.Namespace, new IPEndPoint(IPAddress.Parse(_address), 5300));
        await probe.WaitForAnswersAsync(200, Deadline, cancellation);
        probe.Restart();
        await Demo.Network.CutLinkAsync(lost, Segment.Service, CutKind.Carrier, cancellation);
        progress.Waiting("another node answers");
        await probe.WaitForOtherAsync(lost.Name, Deadline, cancellation);
        await probe.WaitForAnswersAsync(500, Deadline, cancellation);
        _cut = await probe.StopAsync(cancellation);
        string before = _announcer;
        await DemoCluster.UntilAsync("the new node is recorded", Deadline, progress, async () =>
            await Demo.AnnouncersAsync(cancellation) is [var now] && (_announcer = now) != before, cancellation);
        await OnlyAnswerAsync(cancellation);
        return $"{before} is gone, {_announcer} answers; the client saw a gap of {Milliseconds(_cut.LongestSilence)}";
    }

    private async Task<string> HealAsync(StepProgress progress, CancellationToken cancellation)
    {
        await Demo.Network.HealAllAsync(cancellation);
        progress.Waiting("nothing moves back");
        long began = Stopwatch.GetTimestamp();
        int looks = 0;
        while (Stopwatch.GetElapsedTime(began) < FlapWatch)
        {
            if (await Demo.AnsweringAsync(_address, cancellation) is not [var mac] || mac != _mac)
            {
                throw new CommandFailedException($"somebody else than {_announcer} ({_mac}) answered after the link was healed");
            }

            looks++;
        }

        return $"{_announcer} keeps the address; {looks} looks in {FlapWatch.TotalSeconds:f0} s, always one answer";
    }

    private async Task<string> DrainAsync(StepProgress progress, CancellationToken cancellation)
    {
        LabHost drained = Demo.Cluster.Host(_announcer);
        HttpLoad load = HttpLoad.Start(Demo.Network.Client.Namespace, new IPEndPoint(IPAddress.Parse(_address), 80), NginxBackend.HostNames[0], parallel: 4);
        await using (load)
        {
            await DemoCluster.UntilAsync("requests flow", Deadline, progress, () => Task.FromResult(load.Report().Requests > 200), cancellation);
            int status = await Demo.Cluster.Speaker(drained).StopAsync(cancellation);
            int atStop = load.Report().Requests;
            await DemoCluster.UntilAsync("requests go on", Deadline, progress, () => Task.FromResult(load.Report().Requests > atStop + 200), cancellation);
            _drain = await load.StopAsync();
            if (_drain.Failed > 0 || status != 0)
            {
                throw new CommandFailedException($"{_drain.Failed} requests failed, the speaker ended with {status}: {string.Join("; ", _drain.Failures)}");
            }
        }

        string before = _announcer;
        await DemoCluster.UntilAsync("the new node is recorded", Deadline, progress, async () =>
            await Demo.AnnouncersAsync(cancellation) is [var now] && (_announcer = now) != before, cancellation);
        await OnlyAnswerAsync(cancellation);
        await Demo.Cluster.StartSpeakerAsync(drained);
        await DemoCluster.ReadyAsync(drained, progress, cancellation);
        return $"{before} handed over to {_announcer}: {_drain.Requests} requests, none lost{(_drain.Repeated > 0 ? $", {_drain.Repeated} cut off in flight and repeated" : "")}";
    }

    private async Task<string> DeleteAsync(StepProgress progress, CancellationToken cancellation)
    {
        await Demo.DeleteServicesAsync(cancellation);
        await DemoCluster.UntilAsync("the pool is empty again", Deadline, progress, async () => await Demo.AssignedAsync(Pool, cancellation) == 0, cancellation);
        await DemoCluster.UntilAsync("nobody answers any more", Deadline, progress, async () =>
            (await Demo.AnsweringAsync(_address, cancellation)).Count == 0, cancellation);
        return $"{_address} is back in the pool, nobody answers for it";
    }

    private async Task OnlyAnswerAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> answering = await Demo.AnsweringAsync(_address, cancellation);
        _mac = answering is [var only] ? only : throw new CommandFailedException($"{answering.Count} hardware addresses answer for {_address}: {string.Join(", ", answering)}");
        string expected = Demo.Cluster.Host(_announcer).Mac(Segment.Service);
        if (_mac != expected)
        {
            throw new CommandFailedException($"{_mac} answers, and {_announcer}, which is recorded, has {expected}");
        }
    }

    private static async Task StayAsync(DemoCluster demo, StepRunner steps, CancellationToken cancellation)
    {
        string control = demo.Network.Control.Namespace.Name;
        steps.Say("");
        steps.Say("It runs on until Ctrl-C, which removes everything. To look around, in another terminal as root:");
        steps.Say($"  ip netns exec {control} kubectl --kubeconfig {demo.Cluster.AdminKubeConfig} get svc,ipaddresspools,servicel2statuses -A");
        steps.Say($"  ip netns exec {demo.Network.Nodes[0].Namespace.Name} out/speaker status --port 7472");
        steps.Say($"  ip netns exec {demo.Network.Client.Namespace.Name} bash");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
        catch (OperationCanceledException)
        {
            steps.Say("removing the lab");
        }
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:f0} ms");
}
