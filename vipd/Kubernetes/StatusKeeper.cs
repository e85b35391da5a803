// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Keeps the statuses of VirtualIPs as this node knows them, and records numbers of virtual routers. One write per object at a
/// time, and not more often than once a second; what cannot be written is tried again, more and more seldom.
/// </summary>
internal sealed class StatusKeeper(VirtualIpStatusWriter writer, string node, Func<StatusWritten, ValueTask> post, TimeProvider time, ILogger logger, CancellationToken ended)
{
    private const int MostWrites = 8;
    private const int MostDoublings = 5;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _running = [];
    private Dictionary<string, VirtualIpReport> _reports = new(StringComparer.Ordinal);

    /// <summary>Takes how the instances of this node stand.</summary>
    public void Take(IReadOnlyList<VirtualIpReport> reports) => _reports = reports.ToDictionary(static r => r.Instance, StringComparer.Ordinal);

    /// <summary>Takes the end of a write.</summary>
    public void Take(StatusWritten written, MonoTime now)
    {
        if (!_kept.TryGetValue(written.Name, out Kept? kept))
            return;
        kept.IsWriting = false;
        kept.Failures = written.Fault is null ? 0 : kept.Failures + 1;
        kept.NotBefore = now + (ShortestInterval * (1 << Math.Min(kept.Failures, MostDoublings)));
        if (written.Fault is { } fault && (kept.Failures & (kept.Failures - 1)) == 0)
            Log.StatusFailed(logger, written.Name, fault);
    }

    /// <summary>Starts the writes that are due; returns when the next one is.</summary>
    public MonoTime Settle(IReadOnlyDictionary<string, VirtualIP> objects, ClusterResult result, MonoTime now)
    {
        MonoTime next = MonoTime.Never;
        foreach (string gone in _kept.Keys.Where(name => !objects.ContainsKey(name)).ToArray())
            _kept.Remove(gone);
        foreach ((string name, VirtualIP item) in objects)
        {
            if (!result.VirtualIPs.TryGetValue(name, out Verdict verdict))
                continue;
            bool records = result.RouterIds.TryGetValue(name, out int routerId);
            VirtualIPStatus status = VirtualIpStatusWriter.StatusOf(item, node, _reports.GetValueOrDefault(name), verdict, result.Led.Contains(name), time.GetUtcNow());
            if (!records && VirtualIpStatusWriter.Says(item, status, node))
                continue;
            if (!_kept.TryGetValue(name, out Kept? kept))
                _kept[name] = kept = new();
            if (kept.IsWriting || _running.Count(static t => !t.IsCompleted) >= MostWrites)
                continue;
            if (kept.NotBefore > now)
            {
                next = MonoTime.Min(next, kept.NotBefore);
                continue;
            }

            kept.IsWriting = true;
            _running.RemoveWhere(static t => t.IsCompleted);
            _running.Add(RunAsync(name, records ? writer.RecordAsync(item, routerId, ended) : writer.WriteAsync(name, status, ended)));
        }

        return next;
    }

    /// <summary>Ends when no write is under way.</summary>
    public Task DrainAsync() => Task.WhenAll(_running);

    private async Task RunAsync(string name, Task write)
    {
        string? fault = null;
        try
        {
            await write;
        }
        catch (ApiException refused) when (refused.IsConflict || refused.IsNotFound)
        {
            // Another node was first, or the object is gone: what it is now is on its way here.
        }
        catch (Exception failed) when (failed is ApiException or HttpRequestException or IOException or TimeoutException)
        {
            fault = failed.Message;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await post(new(name, fault));
        }
        catch (OperationCanceledException)
        {
            // The loop has ended.
        }
    }

    private sealed class Kept
    {
        public bool IsWriting { get; set; }

        public int Failures { get; set; }

        public MonoTime NotBefore { get; set; }
    }
}
