// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Testing;

namespace LoadBalancer.Lab.Cluster;

public sealed partial class LabCluster
{
    private const int MetricsPort = 7472;
    private const int HealthPort = 17472;
    private static readonly TimeSpan ProxyStart = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, LabProcess> _daemons = new(StringComparer.Ordinal);

    /// <summary>The daemons started, by name: `controller-1`, `speaker-node-1`, `proxy-node-1`; a restarted one replaces the last.</summary>
    public IReadOnlyDictionary<string, LabProcess> Daemons => _daemons;

    /// <summary>Starts the n-th controller, counted from 1, in the control namespace.</summary>
    public Task<LabProcess> StartControllerAsync(int number = 1, params IReadOnlyList<string> arguments) => StartAsync(
        Network.Control.Namespace,
        $"controller-{number}",
        Checkout.Program("controller"),
        [
            .. Common("controller", $"controller-{number}", number - 1), .. _options.ControllerArguments, .. arguments,
        ]);

    /// <summary>Starts the speaker of a node.</summary>
    public Task<LabProcess> StartSpeakerAsync(LabHost node, params IReadOnlyList<string> arguments) => StartAsync(
        node.Namespace,
        "speaker-" + node.Name,
        Checkout.Program("speaker"),
        [
            .. Common("speaker", "speaker-" + NodeName(node), 0), "--node-name", NodeName(node), .. _options.SpeakerArguments, .. arguments,
        ]);

    /// <summary>Starts vipd on a node, which follows the cluster as the arguments say and has no file.</summary>
    public Task<LabProcess> StartVipdAsync(LabHost node, params IReadOnlyList<string> arguments)
    {
        var directory = Path.Combine(Network.State.Directory, "vipd-" + node.Name);
        Directory.CreateDirectory(directory);
        return StartAsync(
            node.Namespace,
            "vipd-" + node.Name,
            Checkout.Program("vipd"),
            [
                "run", "--kubeconfig", KubeConfigOf("vipd"), "--node-name", NodeName(node), "--config", Path.Combine(directory, "vipd.yaml"),
                "--state-dir", directory, "--log-level", _options.LogLevel, .. arguments,
            ]);
    }

    /// <summary>Starts the service proxy of a node and returns when its rules are in force.</summary>
    public async Task<LabProcess> StartProxyAsync(LabHost node, CancellationToken cancellation = default)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "lab");
        var process = await StartAsync(
            node.Namespace, "proxy-" + node.Name, program,
            ["service-proxy", "--kubeconfig", KubeConfigOf(ProxyAccount), "--node-name", NodeName(node)]);
        await process.WaitForLineAsync("service proxy ready", ProxyStart, cancellation);
        return process;
    }

    /// <summary>The speaker of a node.</summary>
    public LabProcess Speaker(LabHost node) => _daemons["speaker-" + node.Name];

    private async Task<LabProcess> StartAsync(LabNamespace place, string name, string program, IReadOnlyList<string> arguments)
    {
        var process = await Network.StartProcessAsync(place, new LabProcessOptions
        {
            Name = name,
            File = program,
            Arguments = arguments,
            Environment = new Dictionary<string, string>
            {
                ["METALLB_ML_SECRET_KEY_PATH"] = _keyDirectory,
                // The machine's own must not reach the daemons: what they may is what is tested.
                ["KUBECONFIG"] = "",
            },
        });
        _daemons[name] = process;
        return process;
    }

    private List<string> Common(string account, string pod, int portOffset)
    {
        List<string> arguments =
        [
            "--kubeconfig", KubeConfigOf(account),
            "--namespace", Namespace,
            "--pod-name", pod,
            "--log-level", _options.LogLevel,
            "--port", (MetricsPort + portOffset).ToString(CultureInfo.InvariantCulture),
            "--health-probe-port", (HealthPort + portOffset).ToString(CultureInfo.InvariantCulture),
        ];
        if (_options.LoadBalancerClass is { } name)
            arguments.AddRange(["--lb-class", name]);
        return arguments;
    }
}
