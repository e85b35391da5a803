// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Runtime;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vipd.Kubernetes;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

/// <summary>Between the daemon and a cluster: what the cluster says comes in, how its instances stand goes out. Nothing waits for it.</summary>
internal sealed class ClusterDoor : IAsyncDisposable
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    // What stirs nothing, such as a fault at start that has another reason now, is seen by then.
    private const int TicksWithoutALook = 15;

    private readonly ApiClient _client;
    private readonly KubernetesConfiguration _cluster;
    private readonly RouterEar _ear;
    private readonly StrangerWatch _strangers = new();
    private readonly TimeProvider _time;
    private int _stirred = 1;

    private ClusterDoor(ApiClient client, KubernetesConfiguration cluster, RouterEar ear, TimeProvider time)
    {
        _client = client;
        _cluster = cluster;
        _ear = ear;
        _time = time;
    }

    /// <summary>Opens it, when the command line asks for a cluster.</summary>
    /// <exception cref="VipdStartException">Nothing says how the API server is reached.</exception>
    public static ClusterDoor? Open(KubernetesOptions options, TimeProvider time, ILogger logger)
    {
        if (!options.IsWanted)
        {
            return null;
        }

        try
        {
            ApiClient client = KubernetesConfiguration.ClientOf(options, time);
            RouterEar ear = new(logger);
            KubernetesConfiguration cluster = new(options, client, ear, time, logger);
            cluster.Start();
            return new(client, cluster, ear, time);
        }
        catch (KubeConfigException fault)
        {
            throw new VipdStartException(fault.Message);
        }
    }

    public ChannelReader<VipConfiguration> Changes => _cluster.Changes;

    /// <summary>One ends when the cluster can be followed no more; carries the fault.</summary>
    public Task[] Completions => [_cluster.Completion, _ear.Completion];

    /// <summary>What the file says: the cluster's part is judged beside it.</summary>
    public void Beside(VipConfiguration file) => _cluster.Beside(file);

    /// <summary>Which kinds of objects have not been read yet, and why; null when all have.</summary>
    public string? Missing() => _cluster.Missing();

    /// <summary>Which kinds the API server does not tell of at present, and why; null when it tells of all.</summary>
    public string? LostContact() => _cluster.LostContact();

    /// <summary>Something happened to an instance: how all stand is looked up, and told to the cluster. From any thread.</summary>
    public void Stir() => Volatile.Write(ref _stirred, 1);

    /// <summary>Tells the cluster how instances stand, whenever that has changed. A look costs the protocol thread time, so there is none for nothing.</summary>
    public async Task ReportAsync(VipdStatus status, CancellationToken cancellationToken)
    {
        List<VirtualIpReport> told = [];
        int ticks = 0;
        using PeriodicTimer timer = new(ReportEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if (Interlocked.Exchange(ref _stirred, 0) == 0 && ++ticks < TicksWithoutALook)
                {
                    continue;
                }

                ticks = 0;
                List<VirtualIpReport>? now = await LookAsync(status, cancellationToken).ConfigureAwait(false);
                if (now is null)
                {
                    Stir();
                }

                if (now is not null && !now.SequenceEqual(told))
                {
                    _cluster.Report(now);
                    told = now;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The daemon ends.
        }
    }

    // After a stall of the machine the look may take too long: the daemon goes on, and the next look tells.
    private async Task<List<VirtualIpReport>?> LookAsync(VipdStatus status, CancellationToken cancellationToken)
    {
        try
        {
            await status.RefreshAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyDictionary<string, string> strangers = _strangers.Take(status.Last!.Instances, _time.MonoNow());
            if (_strangers.IsUndecided)
            {
                Stir();
            }

            return [.. status.Last!.Instances.Select(row => Of(row, strangers.GetValueOrDefault(row.Name, "")))];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static VirtualIpReport Of(InstanceRow row, string stranger)
    {
        string state = row.State switch
        {
            "master" => VirtualIpReport.Master,
            "backup" => "Backup",
            _ => row.Held.Length > 0 ? "Fault" : "Init",
        };
        string reason = row.Held.Length > 0 ? row.Held : row.LastTransition?.Reason ?? "";
        return new(row.Name, state, row.Priority, row.Interface, row.Since ?? default, row.Counters.BecameMaster, reason, stranger);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync().ConfigureAwait(false);
        _ear.Dispose();
        _client.Dispose();
    }
}
