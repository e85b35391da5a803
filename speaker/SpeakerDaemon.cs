// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Runtime;
using LoadBalancer.Runtime.Http;
using LoadBalancer.Runtime.Metrics;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;
using LoadBalancer.Speaker.Layer2;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker;

/// <summary>Wires the speaker: the cluster loop, the layer-2 plane, and the order in which they end.</summary>
internal static class SpeakerDaemon
{
    private const int MailboxCapacity = 4096;
    private static readonly TimeSpan HandoverLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BgpLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(SpeakerOptions options, TimeProvider time, CancellationToken stop)
    {
        using ILoggerFactory logging = LogSetup.Create(options.Common.LogLevel);
        ILogger logger = logging.CreateLogger("speaker");
        KubeConfig config = KubeConfig.LoadDefault(options.Common.KubeConfigPath, Environment.GetEnvironmentVariable);
        using ApiClient client = new(config, new ApiClientOptions { UserAgent = "loadbalancer-speaker" }, time, new Random());
        EventRecorder recorder = new(client, new EventRecorderOptions { Component = "metallb-speaker", Instance = options.NodeName }, time, new Random(), logger);
        EventLoop<SpeakerEvent> loop = new(MailboxCapacity, time);
        OwnershipRelay relay = new(loop);
        Layer2Counters counters = new();
        using Layer2Plane plane = new(options, counters, relay.Publish, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))), logger);
        BgpRelay bgpRelay = new(loop);
        using BgpPlane bgp = new(options.NodeName, restarted: true, bgpRelay.Publish, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))), logger);
        ServiceEndpoints endpoints = new();
        // It hears what is counted from its own beginning on: a counter that starts with 0 has to come after it.
        using PrometheusExporter exporter = new(SpeakerMetrics.MeterName);
        using CancellationTokenSource work = new();
        ServiceStatusKeeper serviceStatuses = new(
            new ServiceStatusWriter(client, options.Common.Namespace, options.NodeName, work.Token), options.NodeName, written => loop.PostAsync(written, work.Token), logger);
        ServiceAnnouncements announcements = new(recorder, options.NodeName, serviceStatuses);
        SessionKeeper sessions = new(new SessionWriter(client, options.NodeName, work.Token), options.NodeName, written => loop.PostAsync(written, work.Token), logger);
        ClusterWatch watch = new(client, loop, options.Common.Namespace, options.NodeName, time, logger);
        using SpeakerMetrics metrics = new(counters, options.NodeName, () => announcements.Announced, () => watch.LostContact() is not null);
        using BgpMetrics bgpMetrics = new(() => bgpRelay.Last, bgp.Refusals);
        BgpReader reader = new(options.NodeName, bgp, () => bgpRelay.Last, loop, time);
        SpeakerStatus status = new(options.NodeName, plane, reader, watch);
        L2StatusKeeper statuses = new(
            new L2StatusWriter(client, options.Common.Namespace, options.NodeName, work.Token), options.NodeName, written => loop.PostAsync(written, work.Token), logger);
        plane.Start();
        bgp.Start();
        await using DiagnosticsServer diagnostics = await DiagnosticsServer.StartAsync(
            options.Common.Diagnostics,
            new DiagnosticsSources(exporter.Scrape, status.ToJson, status.Unhealthy, status.NotReady)
            {
                BeforeMetrics = cancellation => reader.RefreshAsync(bgpMetrics, cancellation),
                Documents = new Dictionary<string, Func<CancellationToken, Task<string>>> { [BgpCommands.RoutesPath] = cancellation => reader.RoutesAsync(status.NoPeers, cancellation) },
            },
            logging,
            stop).ConfigureAwait(false);
        Log.Started(logger, options.NodeName, config.Server.ToString(), options.Common.Namespace, options.HeartbeatKey.IsEmpty ? "NOT authenticated" : "authenticated");

        ClusterContext context = new(options, plane, endpoints, new BgpKeeper(bgp, endpoints, options), recorder, metrics, status, time, logger);
        Task[] parts =
        [
            loop.RunAsync(new ClusterLoop(context, statuses, new BgpStatuses(recorder, options.NodeName, serviceStatuses, announcements, sessions, time)), work.Token),
            watch.RunAsync(work.Token),
            recorder.RunAsync(work.Token),
            QuietTimes.CollectAsync(time, work.Token),
            relay.RunAsync(work.Token),
            bgpRelay.RunAsync(work.Token),
            plane.Reactor.Completion,
            bgp.Completion,
        ];
        Task stopped = Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
        Task first = await Task.WhenAny([.. parts, stopped]).ConfigureAwait(false);
        bool handedOver = false;
        if (first == stopped)
        {
            Task bgpEnds = EndBgpAsync(bgp, bgpRelay, loop, options, time);
            handedOver = await HandOverAsync(plane, relay, status, time, logger).ConfigureAwait(false);
            await bgpEnds.ConfigureAwait(false);
        }

        await work.CancelAsync().ConfigureAwait(false);
        plane.Reactor.Stop();
        bgp.Stop();
        if (first != stopped)
        {
            // A part that failed ends the process: its peers take over, and the supervisor starts it anew.
            await first.ConfigureAwait(false);
        }

        await Task.WhenAll(parts).ConfigureAwait(false);
        await Task.WhenAll(statuses.DrainAsync(), serviceStatuses.DrainAsync(), sessions.DrainAsync()).ConfigureAwait(false);
        if (handedOver)
        {
            Log.Stopped(logger);
        }

        return first == stopped ? 0 : 1;
    }

    private static async Task EndBgpAsync(BgpPlane bgp, BgpRelay reports, EventLoop<SpeakerEvent> loop, SpeakerOptions options, TimeProvider time)
    {
        StopReason reason = StopReason.Restart;
        if (options.BgpLeave == BgpLeave.Drain)
        {
            reason = StopReason.Shutdown;
            await loop.PostAsync(new Draining(), CancellationToken.None).ConfigureAwait(false);
            await DrainAsync(reports, options.BgpDrainTime, time).ConfigureAwait(false);
        }

        using CancellationTokenSource limit = new(BgpLimit, time);
        try
        {
            await bgp.LeaveAsync(reason, $"the speaker on node {options.NodeName} stops", limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A router that takes nothing any more is not waited for: its hold timer will tell it.
        }
    }

    // Without a session there is nobody whose traffic would have to move.
    private static async Task DrainAsync(BgpRelay reports, TimeSpan drainTime, TimeProvider time)
    {
        using CancellationTokenSource over = new(drainTime, time);
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(50), time);
        while (!over.IsCancellationRequested && reports.Last.Sessions.Any(static n => n.Session?.State == SessionState.Established))
            await look.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
    }

    // Others must answer before we cease to: the plane goes on until each successor's claim is heard.
    private static async Task<bool> HandOverAsync(Layer2Plane plane, OwnershipRelay relay, SpeakerStatus status, TimeProvider time, ILogger logger)
    {
        using CancellationTokenSource limit = new(HandoverLimit, time);
        while (!plane.TryLeave() && !limit.IsCancellationRequested)
        {
            await Task.Yield();
        }

        try
        {
            await relay.Left.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Log.HandoverTimedOut(logger, HandoverLimit);
            return false;
        }

        using CancellationTokenSource patience = new(StatusLimit, time);
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(10), time);
        while (!patience.IsCancellationRequested && !(status.StatusesSettled && status.Ownership.HasLeft))
        {
            await look.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return true;
    }
}
