// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Threading.Channels;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Configuration;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

/// <summary>
/// Reads the configuration anew when its file changes or SIGHUP comes; one with errors changes nothing, for what is in force then is
/// more than what would be left of it. What a cluster says stands beside it, and yields to it.
/// </summary>
internal sealed class ConfigurationKeeper : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly FileConfiguration _file;
    private readonly VipdStatus _status;
    private readonly Func<VipConfiguration, VipConfiguration, Task> _apply;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PosixSignalRegistration _hangUp;
    private readonly ClusterDoor? _cluster;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly GlobalSettings _started;
    private VipConfiguration _inForce;
    private VipConfiguration _ofFile;
    private readonly KeptConfiguration _kept;
    private readonly Action<VipConfiguration> _applyServers;
    private VipConfiguration _ofCluster;

    /// <param name="file">The file.</param>
    /// <param name="start">What is in force now, and what of it the file and the cluster say.</param>
    /// <param name="status">Told what is refused.</param>
    /// <param name="apply">Puts one configuration in the place of another.</param>
    /// <param name="applyServers">The same where they differ in nothing but the real servers of virtual servers.</param>
    /// <param name="cluster">The cluster, if one is followed.</param>
    /// <param name="kept">Keeps what the cluster says.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it tells of changes.</param>
    public ConfigurationKeeper(
        FileConfiguration file,
        (VipConfiguration InForce, VipConfiguration OfFile, VipConfiguration OfCluster) start,
        VipdStatus status,
        Func<VipConfiguration, VipConfiguration, Task> apply,
        Action<VipConfiguration> applyServers,
        ClusterDoor? cluster,
        KeptConfiguration kept,
        TimeProvider time,
        ILogger logger)
    {
        _file = file;
        _applyServers = applyServers;
        _kept = kept;
        _started = start.InForce.Global;
        (_inForce, _ofFile, _ofCluster) = start;
        _cluster = cluster;
        _status = status;
        _apply = apply;
        _time = time;
        _logger = logger;
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _asked.Writer.TryWrite(true);
        });
    }

    /// <summary>Follows the cluster; ends with the daemon.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (_cluster is not { } cluster)
        {
            return;
        }

        try
        {
            cluster.Beside(_ofFile);
            await foreach (VipConfiguration part in cluster.Changes.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await TakeAsync(_ofCluster, part, taken => _ofCluster = taken).ConfigureAwait(false);
                _kept.Keep(part);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The daemon ends.
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        bool changing = false;
        try
        {
            while (true)
            {
                bool asked = await WaitAsync(cancellationToken).ConfigureAwait(false);
                bool changed = _file.HasChanged();
                // A file that was just written may be half written: it is read when it has been seen to rest.
                if (asked || (changing && changed))
                {
                    changing = false;
                    await ReadAsync().ConfigureAwait(false);
                }
                else
                {
                    changing = changed;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The daemon ends.
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource due = new(LookEvery, _time);
        using CancellationTokenSource look = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, due.Token);
        try
        {
            return await _asked.Reader.ReadAsync(look.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task ReadAsync()
    {
        ConfigurationReading reading;
        try
        {
            reading = _file.Read();
        }
        catch (IOException fault)
        {
            Refuse([fault.Message]);
            return;
        }

        if (!reading.IsValid)
        {
            Refuse([.. reading.Problems.Where(static p => p.Kind == ProblemKind.Error).Select(static p => p.ToString())]);
            return;
        }

        foreach (ConfigProblem problem in reading.Problems)
        {
            Log.ConfigurationProblem(_logger, problem.ToString());
        }

        VipConfiguration before = _ofFile;
        VipConfiguration after = SharedObjects.Of(before, reading.Configuration);
        _cluster?.Beside(after);
        await TakeAsync(before, after, part => _ofFile = part).ConfigureAwait(false);
        _status.Read([], []);
    }

    // What comes by the hundred is servers that come and go: then nothing else is compared, judged or applied.
    private async Task TakeAsync(VipConfiguration before, VipConfiguration part, Action<VipConfiguration> take)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            ServersChange? servers = ServersChange.Between(before, part, _inForce);
            take(part);
            if (servers is not { } change)
            {
                await BringAsync().ConfigureAwait(false);
                return;
            }

            foreach (string name in change.Names)
            {
                Log.ServersChanged(_logger, name);
            }

            _inForce = change.Next;
            if (change.Names.Count == 0)
            {
                Log.ConfigurationSame(_logger);
            }

            _applyServers(change.Next);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task BringAsync()
    {
        VipConfiguration before = _inForce;
        VipConfiguration after = _cluster is null ? _ofFile : ConfigurationJoin.Judge(_ofFile, _ofCluster).InForce;
        ValueList<ObjectChange> changes = ConfigurationDifference.Between(before, after);
        foreach (ObjectChange change in changes)
        {
            Log.ConfigurationChange(_logger, change.ToString());
        }

        if (changes.Count == 0)
        {
            Log.ConfigurationSame(_logger);
        }

        // Said once of each new value, and not of the one it began with.
        foreach (string setting in StartSettings.Differing(before.Global, after.Global).Intersect(StartSettings.Differing(_started, after.Global)))
        {
            Log.HoldsFromStart(_logger, setting);
        }

        _inForce = after;
        await _apply(before, after).ConfigureAwait(false);
    }

    private void Refuse(IReadOnlyList<string> problems)
    {
        foreach (string problem in problems)
        {
            Log.ConfigurationRefused(_logger, problem);
        }

        _status.Refused(problems);
    }

    public void Dispose()
    {
        _hangUp.Dispose();
        _turn.Dispose();
    }
}
