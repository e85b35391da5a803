// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Cluster;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// Keeps this node's element in the status of each BGPPeer: at once when a session comes up or goes down, else so seldom that
/// all nodes together stay at one write per second for a peer.
/// </summary>
internal sealed class SessionKeeper(SessionWriter writer, string node, Func<SessionWritten, ValueTask> post, ILogger logger)
{
    private const int MostWrites = 8;
    private const string Established = nameof(SessionState.Established);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CounterInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UnseenInterval = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _running = [];
    private BgpReport _report = BgpReport.Nothing;

    /// <summary>Takes how the sessions stand.</summary>
    public void Take(BgpReport report, DateTimeOffset wall, MonoTime now)
    {
        _report = report;
        foreach (NeighborReport neighbor in report.Neighbors)
        {
            Kept kept = KeptOf(neighbor.Name);
            if (neighbor.Session is not { } session)
                kept.Since ??= (now, wall);
            else if (kept.Since?.At != session.Since)
                kept.Since = (session.Since, wall - (now - session.Since));
        }
    }

    /// <summary>Takes the end of a write.</summary>
    public void Take(SessionWritten written, MonoTime now)
    {
        Kept kept = KeptOf(written.Peer);
        kept.Writing = false;
        if (written.Fault is { } fault)
        {
            kept.Sent = null;
            kept.LastWrite = now + ShortestInterval;
            if (!fault.IsNotFound)
                Log.BgpStatusFailed(logger, $"status of BGPPeer {written.Peer}", fault.Message);
        }
    }

    /// <summary>Starts the writes that are due; returns when the next one is.</summary>
    /// <param name="objects">The BGPPeers there are.</param>
    /// <param name="isOurs">Whether this node is to keep a session with a peer.</param>
    /// <param name="now">The time.</param>
    public MonoTime Settle(IReadOnlyCollection<BGPPeer> objects, Func<string, bool> isOurs, MonoTime now)
    {
        MonoTime next = MonoTime.Never;
        Dictionary<string, NeighborReport> reports = _report.Neighbors.ToDictionary(static n => n.Name, StringComparer.Ordinal);
        foreach (BGPPeer peer in objects)
        {
            string name = peer.Metadata.Name!;
            BGPSession? there = peer.Status.Sessions.FirstOrDefault(s => s.Node == node);
            BGPSession? wanted = null;
            if (isOurs(name))
            {
                if (!reports.TryGetValue(name, out NeighborReport? report))
                    continue;
                wanted = SessionElement.Of(report, node, KeptOf(name).Since?.Wall);
            }

            next = MonoTime.Min(next, Settle(peer, there, wanted, now));
        }

        foreach (string gone in _kept.Keys.Except(objects.Select(static o => o.Metadata.Name!)).ToArray())
            _kept.Remove(gone);
        return next;
    }

    /// <summary>Ends when no write is under way.</summary>
    public Task DrainAsync() => Task.WhenAll(_running);

    private MonoTime Settle(BGPPeer peer, BGPSession? there, BGPSession? wanted, MonoTime now)
    {
        if (Same(there, wanted))
            return MonoTime.Never;
        Kept kept = KeptOf(peer.Metadata.Name!);
        if (kept.Writing || _kept.Values.Count(static k => k.Writing) >= MostWrites)
            return MonoTime.Never;
        // What was sent and is not seen yet is on its way; a server that drops it is not sent it again and again.
        TimeSpan pause = kept.LastWrite is null ? TimeSpan.Zero
            : kept.Sent is { } sent && Same(sent.Session, wanted) ? UnseenInterval
            : IsUrgent(kept.Sent?.Session ?? there, wanted) ? ShortestInterval
            : CounterInterval > TimeSpan.FromSeconds(peer.Status.Sessions.Count) ? CounterInterval
            : TimeSpan.FromSeconds(peer.Status.Sessions.Count);
        if (kept.LastWrite is { } last && last + pause > now)
            return last + pause;
        kept.Writing = true;
        kept.LastWrite = now;
        kept.Sent = new Sent(wanted);
        _running.RemoveWhere(static t => t.IsCompleted);
        _running.Add(RunAsync(peer.Metadata.Namespace ?? "", peer.Metadata.Name!, wanted));
        return MonoTime.Never;
    }

    private static bool IsUrgent(BGPSession? told, BGPSession? wanted) =>
        told is null || wanted is null || (told.State == Established) != (wanted.State == Established) || (told.LastError is null) != (wanted.LastError is null)
            || !Up(told).SequenceEqual(Up(wanted));

    // Whoever only connects and never comes up must not have us write each second.
    private static IEnumerable<string> Up(BGPSession session) => session.DynamicPeers.Where(static p => p.State == Established).Select(static p => p.Address);

    private static bool Same(BGPSession? a, BGPSession? b) => a is null || b is null ? a is null && b is null : SessionElement.Same(a, b);

    private async Task RunAsync(string @namespace, string peer, BGPSession? session)
    {
        try
        {
            await post(new SessionWritten(peer, await FaultOfAsync(writer.PutAsync(@namespace, peer, session)).ConfigureAwait(false))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The speaker stops.
        }
    }

    private static async Task<ApiException?> FaultOfAsync(Task write)
    {
        try
        {
            await write.ConfigureAwait(false);
            return null;
        }
        catch (ApiException fault)
        {
            return fault;
        }
    }

    private Kept KeptOf(string peer) => _kept.TryGetValue(peer, out Kept? kept) ? kept : _kept[peer] = new Kept();

    private sealed record Sent(BGPSession? Session);

    private sealed class Kept
    {
        public (MonoTime At, DateTimeOffset Wall)? Since { get; set; }

        public MonoTime? LastWrite { get; set; }

        public Sent? Sent { get; set; }

        public bool Writing { get; set; }
    }
}
