// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Interop;

/// <summary>A BIRD beside the router of a scene, with a configuration of the test's own.</summary>
public sealed class OwnBird : IAsyncDisposable
{
    private readonly LabNetwork _network;
    private readonly string _files;
    private readonly string _configuration;
    private LabProcess? _process;

    private OwnBird(LabNetwork network, string name, string configuration)
    {
        (_network, _configuration) = (network, configuration);
        _files = Path.Combine(network.State.Directory, name);
    }

    private string Control => Path.Combine(_files, "bird.ctl");

    public static async Task<OwnBird> StartAsync(LabNetwork network, string name, string configuration)
    {
        OwnBird bird = new(network, name, configuration);
        await bird.StartAsync();
        return bird;
    }

    public async Task StartAsync()
    {
        Directory.CreateDirectory(_files);
        string file = Path.Combine(_files, "bird.conf");
        await File.WriteAllTextAsync(file, "log stderr all;\nprotocol device { scan time 1; }\n" + _configuration, BgpWorld.Cancellation);
        _process = await _network.StartProcessAsync(_network.Router.Namespace, new LabProcessOptions { Name = "own-bird", File = "bird", Arguments = ["-f", "-c", file, "-s", Control, "-P", Path.Combine(_files, "bird.pid")] });
    }

    /// <summary>What birdc answers; empty while it does not.</summary>
    public async Task<string> AskAsync(params IReadOnlyList<string> command) =>
        (await Command.TryRunAsync("ip", ["netns", "exec", _network.Router.Namespace.Name, "birdc", "-s", Control, .. command], null, BgpWorld.Cancellation)).Output;

    /// <summary>How many of its sessions are established.</summary>
    public async Task<int> EstablishedAsync() => Regex.Count(await AskAsync("show", "protocols"), @"\sEstablished");

    /// <summary>Ends it with its sessions, as a router that goes away.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_files))
            Directory.Delete(_files, recursive: true);
    }
}
