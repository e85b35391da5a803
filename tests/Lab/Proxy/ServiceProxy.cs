// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Threading.Channels;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Lab.Processes;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Lab.Proxy;

/// <summary>Keeps the node's rules in step with Services and EndpointSlices until it is cancelled.</summary>
internal sealed class ServiceProxy(ApiClient client, string node, ILogger logger)
{
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    // One slot: any number of changes while rules are being written is one more round.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private IReadOnlySet<IPEndPoint> _udp = new HashSet<IPEndPoint>();
    private string _applied = "";

    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var random = new Random(Environment.ProcessId);
        var services = new Informer<Service>(
            client, Kinds.Service, default, OnChange, new InformerOptions(), TimeProvider.System, random, logger);
        var slices = new Informer<EndpointSlice>(
            client, Kinds.EndpointSlice, default, OnChange, new InformerOptions(), TimeProvider.System, random, logger);
        var running = new List<Task>
        {
            services.RunAsync(stop.Token),
            slices.RunAsync(stop.Token),
            ApplyAsync(services, slices, stop.Token),
        };
        try
        {
            await await Task.WhenAny(running);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private ValueTask OnChange<T>(InformerEvent<T> change, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        _changed.Writer.TryWrite(true);
        return ValueTask.CompletedTask;
    }

    private async Task ApplyAsync(Informer<Service> services, Informer<EndpointSlice> slices, CancellationToken cancellation)
    {
        var announced = false;
        await foreach (var _ in _changed.Reader.ReadAllAsync(cancellation))
        {
            // Before both lists are complete the rules would refuse what they are about to learn.
            if (!services.Health.Synced || !slices.Health.Synced)
            {
                // The event that ends a list is delivered before the informer calls itself synced: look again.
                await Task.Delay(Calm, TimeProvider.System, cancellation);
                _changed.Writer.TryWrite(true);
                continue;
            }

            await Task.Delay(Calm, TimeProvider.System, cancellation);
            var entries = ProxyModel.Build(node, services.Snapshot(), slices.Snapshot());
            if (!await TryApplyAsync(entries, cancellation))
            {
                await Task.Delay(RetryPause, TimeProvider.System, cancellation);
                _changed.Writer.TryWrite(true);
                continue;
            }

            if (!announced)
                Console.WriteLine("service proxy ready");
            announced = true;
        }
    }

    private async Task<bool> TryApplyAsync(IReadOnlyList<ProxyEntry> entries, CancellationToken cancellation)
    {
        var ruleset = ProxyRuleset.Render(entries);
        if (ruleset == _applied)
            return true;
        var (status, _, error) = await Command.TryRunAsync("nft", ["-f", "-"], ruleset, cancellation);
        if (status != 0)
        {
            Console.Error.WriteLine($"nft refused the rules: {error}");
            return false;
        }

        _applied = ruleset;
        var udp = ProxyRuleset.UdpEndpoints(entries);
        foreach (var gone in _udp.Where(e => !udp.Contains(e)))
        {
            try
            {
                FlowTable.Forget(ProxyRuleset.FlowMark(gone));
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                Console.Error.WriteLine($"flows to {gone} stay: {e.Message}");
            }
        }

        _udp = udp;
        Console.WriteLine($"rules for {entries.Count} service ports applied: "
            + string.Join(", ", entries.Select(e => $"{e.Address}:{e.Port}/{e.Protocol} to {e.Endpoints.Count}")));
        return true;
    }
}
