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
    private IReadOnlyList<VirtualIpReport> _last = [];
    private Dictionary<string, VirtualIpReport> _reports = new(StringComparer.Ordinal);

    /// <summary>How the instances of this node stand, by name.</summary>
    public IReadOnlyDictionary<string, VirtualIpReport> Reports => _reports;

    /// <summary>Takes how the instances of this node stand.</summary>
    public void Take(IReadOnlyList<VirtualIpReport> reports)
    {
        if (ReferenceEquals(reports, _last))
            return;
        _last = reports;
        _reports = reports.ToDictionary(static r => r.Instance, StringComparer.Ordinal);
    }

    /// <summary>Takes the end of a write.</summary>
    public void Take(StatusWritten written, MonoTime now)
    {
        if (!_kept.TryGetValue(written.Name, out Kept? kept))
            return;
        kept.IsWriting = false;
        kept.Failures = written.Fault is null ? 0 : kept.Failures + 1;
        kept.NotBefore = now + (ShortestInterval * (1 << Math.Min(kept.Failures, MostDoublings)));
        if (written.Fault is not null)
            kept.Forgotten.Clear();
        if (written.Fault is { } fault && (kept.Failures & (kept.Failures - 1)) == 0)
            Log.StatusFailed(logger, written.Name, fault);
    }

    /// <summary>Starts the writes that are due; returns when the next one is.</summary>
    /// <param name="objects">The VirtualIPs that are there.</param>
    /// <param name="result">What became of them.</param>
    /// <param name="isNode">Whether a node of that name is in the cluster.</param>
    /// <param name="now">What time it is.</param>
    public MonoTime Settle(IReadOnlyDictionary<string, VirtualIP> objects, ClusterResult result, Predicate<string> isNode, MonoTime now)
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
            bool says = VirtualIpStatusWriter.Says(item, status, node);
            bool known = _kept.TryGetValue(name, out Kept? kept);
            if (known)
                kept!.Forgotten.RemoveWhere(n => isNode(n) || item.Status.Nodes.All(said => said.Node != n));
            string? gone = records || !says || !Speaks(item, name, result, isNode) ? null
                : item.Status.Nodes.Select(static n => n.Node).FirstOrDefault(n => !isNode(n) && !(known && kept!.Forgotten.Contains(n)));
            if (!records && says && gone is null)
                continue;
            if (!known)
                _kept[name] = kept = new();
            if (kept!.IsWriting || _running.Count(static t => !t.IsCompleted) >= MostWrites)
                continue;
            if (kept.NotBefore > now)
            {
                next = MonoTime.Min(next, kept.NotBefore);
                continue;
            }

            kept.IsWriting = true;
            _running.RemoveWhere(static t => t.IsCompleted);
            if (gone is not null)
            {
                kept.Forgotten.Add(gone);
                Log.NodeGone(logger, gone, name);
            }

            _running.Add(RunAsync(name, records ? writer.RecordAsync(item, routerId, ended) : gone is null ? writer.WriteAsync(name, status, ended) : writer.ForgetAsync(name, gone, ended)));
        }

        return next;
    }

    // One removes what a node left that is no more: the master, and where none of the nodes is, the one that leads.
    private bool Speaks(VirtualIP item, string name, ClusterResult result, Predicate<string> isNode) =>
        _reports.GetValueOrDefault(name) is { IsMaster: true }
        || (result.Led.Contains(name) && !item.Status.Nodes.Any(n => n.State == VirtualIpReport.Master && isNode(n.Node)));

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

        /// <summary>Nodes that are gone, and whose part was removed as far as this node could.</summary>
        public HashSet<string> Forgotten { get; } = new(StringComparer.Ordinal);

        public MonoTime NotBefore { get; set; }
    }
}
