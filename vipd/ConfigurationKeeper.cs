// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Threading.Channels;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Configuration;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

/// <summary>
/// Reads the configuration anew when its file changes or SIGHUP comes; one with errors changes nothing. What a cluster says
/// stands beside it, and yields to it.
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
    private VipConfiguration _inForce;
    private VipConfiguration _ofFile;
    private VipConfiguration _ofCluster = new();

    public ConfigurationKeeper(FileConfiguration file, VipConfiguration inForce, VipdStatus status, Func<VipConfiguration, VipConfiguration, Task> apply, ClusterDoor? cluster, TimeProvider time, ILogger logger)
    {
        _file = file;
        _inForce = inForce;
        _ofFile = inForce;
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
                _ofCluster = part;
                await BringIntoForceAsync().ConfigureAwait(false);
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

        _ofFile = reading.Configuration;
        _cluster?.Beside(_ofFile);
        await BringIntoForceAsync().ConfigureAwait(false);
    }

    private async Task BringIntoForceAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
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

            _inForce = after;
            await _apply(before, after).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
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
