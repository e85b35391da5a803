// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Routers;

/// <summary>What the routers have in common: processes in the router's namespace of the lab, and files of their own.</summary>
public abstract class RouterDaemon(LabNetwork network, RouterOptions options, CancellationToken cancellation) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly List<LabProcess> _processes = [];

    public string Files { get; } = Path.Combine(network.State.Directory, "router");

    public IReadOnlyList<LabProcess> Processes => _processes;

    /// <summary>Ends every wait.</summary>
    protected CancellationToken Cancellation => cancellation;

    protected RouterOptions Options => options;

    protected LabNetwork Network => network;

    protected LabNamespace Place => network.Router.Namespace;

    /// <summary>Whether its routes reach the kernel.</summary>
    protected virtual bool PutsRoutes => false;

    /// <summary>The router's own address in a family.</summary>
    protected string Own(bool ipv6) => (ipv6 ? network.Router.ServiceAddress6 : network.Router.ServiceAddress).ToString();

    public async Task StopAsync()
    {
        foreach (LabProcess process in _processes.AsEnumerable().Reverse())
            await process.DisposeAsync();
        _processes.Clear();
    }

    public virtual async ValueTask DisposeAsync()
    {
        // A killed daemon leaves its routes in the kernel, and the next router is to find none.
        if (PutsRoutes)
            foreach (LabProcess process in _processes.AsEnumerable().Reverse())
                _ = await process.StopAsync(CancellationToken.None);
        await StopAsync();
        if (Directory.Exists(Files))
            Directory.Delete(Files, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a program in the router's namespace.</summary>
    protected Task<string> RunAsync(string file, params IReadOnlyList<string> arguments) => LabNetwork.RunAsync(Place, file, arguments, null, Cancellation);

    /// <summary>Runs a program in the router's namespace that answers in JSON; nothing when it answers nothing.</summary>
    protected async Task<JsonNode?> AskAsync(string file, params IReadOnlyList<string> arguments)
    {
        string text = await RunAsync(file, arguments);
        return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
    }

    protected async Task LaunchAsync(LabProcessOptions process) => _processes.Add(await network.StartProcessAsync(Place, process));

    /// <summary>Waits until a look succeeds; fails with the output of the daemons.</summary>
    protected async Task UntilAsync(string what, Func<Task<bool>> look)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await look())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience || _processes.Exists(static p => !p.IsRunning))
                throw new CommandFailedException($"{what} did not come to be:\n{string.Join('\n', _processes.Select(static p => $"{p.Name} ({p.ExitCode}): {p.Output.Tail(20)}"))}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    /// <summary>Whether a command succeeds.</summary>
    protected async Task<bool> SucceedsAsync(string file, params IReadOnlyList<string> arguments) =>
        (await Command.TryRunAsync("ip", ["netns", "exec", Place.Name, file, .. arguments], null, Cancellation)).Status == 0;
}
