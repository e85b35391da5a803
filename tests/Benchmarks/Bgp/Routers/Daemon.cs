// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Bgp.Routers;

/// <summary>
/// A router program in a host of the lab that waits for peers in <see cref="Peers"/>: as a receiver it takes all and tells
/// nothing, as an announcer it tells what a feeder has told it before.
/// </summary>
internal abstract class Daemon(BgpStage stage, LabHost host, bool announces) : IAsyncDisposable
{
    /// <summary>Where its peers come from.</summary>
    protected const string Peers = "192.0.2.128/25";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<LabProcess> _processes = [];

    /// <summary>The program, as people call it.</summary>
    internal abstract string Name { get; }

    /// <summary>Its address.</summary>
    internal IPAddress Address => host.ServiceAddress;

    /// <summary>Whether its routes come from a feeder.</summary>
    internal virtual bool WantsFeed => true;

    /// <summary>BFD with peers, in ms times three; null for none.</summary>
    internal int? BfdMilliseconds { get; init; }

    /// <summary>Another router it has BFD with, without BGP.</summary>
    internal IPAddress? BfdNeighbor { get; init; }

    protected bool Announces => announces;

    protected LabHost Host => host;

    protected BgpStage Stage => stage;

    protected string Own => host.ServiceAddress.ToString();

    protected static string Feeder => BgpStage.FeederAddress.ToString();

    protected int Asn => announces ? BenchRoutes.ClusterAsn : BenchRoutes.RouterAsn;

    protected int PeerAsn => announces ? BenchRoutes.RouterAsn : BenchRoutes.ClusterAsn;

    protected string Files => Path.Combine(stage.Network.State.Directory, host.Name + "-" + Name.ToLowerInvariant());

    /// <summary>Starts it; returns when it answers.</summary>
    internal abstract Task StartAsync(CancellationToken cancellation);

    /// <summary>How many routes it has.</summary>
    internal abstract Task<int> CountAsync(CancellationToken cancellation);

    /// <summary>When the prefix has a chosen route, as a time stamp; with most programs it has one as soon as it is counted.</summary>
    internal virtual Task<long> ChosenAsync(int prefix, TimeSpan limit, CancellationToken cancellation) => Task.FromResult(Stopwatch.GetTimestamp());

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
            await process.DisposeAsync();
        if (Directory.Exists(Files))
            Directory.Delete(Files, recursive: true);
    }

    /// <summary>Writes lines that may hold numbers.</summary>
    protected static string Text(params FormattableString[] lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return text.ToString();
    }

    protected async Task<string> WriteAsync(string name, string text, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Files);
        var file = Path.Combine(Files, name);
        await File.WriteAllTextAsync(file, text, cancellation);
        return file;
    }

    protected async Task LaunchAsync(string name, string file, params IReadOnlyList<string> arguments) =>
        _processes.Add(await stage.Network.StartProcessAsync(host.Namespace, $"{host.Name}-{name}-{stage.NextNumber()}", file, arguments));

    /// <summary>Waits until a look succeeds.</summary>
    protected async Task UntilAsync(Func<Task<bool>> look, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await look())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience || _processes.Exists(static p => !p.IsRunning))
                throw new CommandFailedException($"{Name} did not start:\n{string.Join('\n', _processes.Select(static p => $"{p.Name} ({p.ExitCode}): {p.Output.Tail(20)}"))}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }
    }
}
