// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Leases;
using LoadBalancer.Runtime;
using LoadBalancer.Runtime.Http;
using LoadBalancer.Runtime.Metrics;
using LoadBalancer.Runtime.Options;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Controller;

/// <summary>Wires the controller: candidates for one Lease; whoever holds it runs a <see cref="LeaderTerm"/>.</summary>
internal static class ControllerDaemon
{
    private const string LeaseName = "loadbalancer-controller";
    private static readonly LeaseOptions LeaseTimes = new(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1));

    public static async Task<int> RunAsync(CommonOptions options, string secretName, TimeProvider time, CancellationToken cancellationToken)
    {
        using ILoggerFactory logging = LogSetup.Create(options.LogLevel);
        ILogger logger = logging.CreateLogger("controller");
        KubeConfig config = KubeConfig.LoadDefault(options.KubeConfigPath, Environment.GetEnvironmentVariable);
        // A write must have ended, or have been given up, before the Lease it was made under can be taken by another.
        // So it is sent once: "later" is answered by the loop, which asks again whether it leads.
        ApiClientOptions limits = new() { RequestTimeout = LeaseTimes.Lease - LeaseTimes.Renew, MaxAttempts = 1, UserAgent = "loadbalancer-controller" };
        using ApiClient client = new(config, new ApiClientOptions { UserAgent = "loadbalancer-controller" }, time, new Random());
        using ApiClient writer = new(config, limits, time, new Random());
        // It hears what is counted from its own beginning on: a counter that starts with 0 has to come after it.
        using PrometheusExporter exporter = new(ControllerMetrics.MeterName);
        EventRecorder recorder = new(client, new EventRecorderOptions { Component = "metallb-controller", Instance = options.PodName }, time, new Random(), logger);
        Channel<LeaseChange> leadership = Channel.CreateUnbounded<LeaseChange>();
        LeaseElector elector = new(
            client, options.Namespace, LeaseName, options.PodName, LeaseTimes, change => leadership.Writer.TryWrite(change), time, new Random(), logger);
        ControllerStatus status = new(elector, options);
        using ControllerMetrics metrics = new(() => status.LostContact() is not null);
        await using DiagnosticsServer diagnostics = await DiagnosticsServer.StartAsync(
            options.Diagnostics,
            new DiagnosticsSources(exporter.Scrape, status.ToJson, static () => null, status.NotReady),
            logging,
            cancellationToken).ConfigureAwait(false);
        Log.Started(logger, config.Server.ToString(), options.Namespace, options.LoadBalancerClass ?? "");

        using CancellationTokenSource work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // The Lease is given back only after the term has ended: a successor must find nothing in flight.
        using CancellationTokenSource candidacy = new();
        Task election = elector.RunAsync(candidacy.Token);
        Task events = recorder.RunAsync(work.Token);
        Task quiet = QuietTimes.CollectAsync(time, work.Token);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                Task<bool> change = leadership.Reader.WaitToReadAsync(cancellationToken).AsTask();
                if (await Task.WhenAny(change, election, events).ConfigureAwait(false) != change)
                {
                    break;
                }

                if (!change.IsCompletedSuccessfully || !leadership.Reader.TryRead(out LeaseChange item) || item != LeaseChange.BecameLeader)
                {
                    continue;
                }

                LeaderTerm term = new(new TermContext(client, new ServiceWriter(writer), elector, recorder, metrics, status, options, time, logger));
                await RunTermAsync(
                    term,
                    end => HeartbeatKeySecret.EnsureAsync(client, options.Namespace, secretName, time, logger, end),
                    leadership.Reader,
                    election,
                    events,
                    cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await candidacy.CancelAsync().ConfigureAwait(false);
            await work.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(election, events, quiet).ConfigureAwait(false);
        }

        Log.Stopped(logger);
        return 0;
    }

    // A term ends with leadership, with the process, or with a fault of what it stands on. A change read here is not BecameLeader: that comes only after a loss.
    private static async Task RunTermAsync(
        LeaderTerm term, Func<CancellationToken, Task> beside, ChannelReader<LeaseChange> leadership, Task election, Task events, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task running = term.RunAsync(end.Token);
        // Allocation does not wait for it.
        Task aside = beside(end.Token);
        Task<bool> lost = leadership.WaitToReadAsync(end.Token).AsTask();
        await Task.WhenAny(running, lost, election, events).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        await aside.ConfigureAwait(false);
    }
}
