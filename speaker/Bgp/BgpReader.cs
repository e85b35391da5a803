// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Answers questions about BGP from other threads; what costs something is made when it is asked for.</summary>
internal sealed class BgpReader(string node, BgpPlane plane, Func<BgpReport> last, EventLoop<SpeakerEvent> loop, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ScrapePatience = TimeSpan.FromSeconds(1);

    /// <summary>The peers as they were reported last.</summary>
    public IReadOnlyList<PeerRow> Peers()
    {
        MonoTime now = time.MonoNow();
        return [.. last().Neighbors.SelectMany(static n => n.Members.IsEmpty ? [n] : n.Members).Select(n => Row(n, now))];
    }

    /// <summary>All routes, as JSON.</summary>
    public async Task<string> RoutesAsync(Func<string> noPeers, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        TaskCompletionSource<RoutePlan> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await loop.PostAsync(new PlanAsked(asked), limit.Token).ConfigureAwait(false);
        RoutePlan plan = await asked.Task.WaitAsync(limit.Token).ConfigureAwait(false);
        var given = await plane.ReadRoutesAsync(limit.Token).ConfigureAwait(false);
        BgpReport report = last();
        RoutesReport routes = new()
        {
            Node = node,
            Peers = [.. report.Neighbors.Select(static n => n.Name)],
            NoPeers = report.Neighbors.IsEmpty ? noPeers() : "",
            Routes = RouteRows.Of(plan, report, given),
        };
        return JsonSerializer.Serialize(routes, BgpJson.Default.RoutesReport);
    }

    /// <summary>Brings up to date what the metrics are read from; what is not told in time stays as it was.</summary>
    public async Task RefreshAsync(BgpMetrics metrics, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ScrapePatience);
        TaskCompletionSource<IReadOnlyDictionary<string, int>> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await loop.PostAsync(new PlanCounted(asked), limit.Token).ConfigureAwait(false);
            IReadOnlyDictionary<string, int> planned = await asked.Task.WaitAsync(limit.Token).ConfigureAwait(false);
            metrics.Take(await plane.ReadBfdAsync(limit.Token).ConfigureAwait(false), planned);
        }
        catch (OperationCanceledException)
        {
            // A scrape shows what there is.
        }
    }

    private static PeerRow Row(NeighborReport neighbor, MonoTime now)
    {
        SessionSnapshot? session = neighbor.Session;
        return new PeerRow(
            neighbor.Name,
            neighbor.Remote?.ToString() ?? neighbor.Intent.Peer.Range?.ToString() ?? neighbor.Intent.Peer.Interface ?? "",
            neighbor.Intent.Peer.Vrf ?? "",
            SessionElement.StateOf(neighbor))
        {
            Asn = session?.Negotiated?.PeerAs ?? neighbor.Intent.Peer.PeerAsn.Number,
            ForSeconds = session is null ? 0 : (long)(now - session.Since).TotalSeconds,
            Received = SessionElement.Received(neighbor),
            Sent = SessionElement.Sent(neighbor),
            Families = [.. session?.Negotiated?.Families.Select(static f => f.ToString()) ?? []],
            Bfd = neighbor.Intent.Peer.Bfd is null ? "" : (neighbor.Bfd ?? LoadBalancer.Bfd.BfdState.Down).ToString(),
            LastError = SessionElement.ErrorOf(neighbor) ?? "",
            ErrorSecondsAgo = neighbor.Intent.Hindrance is null && neighbor.BfdFault is null && session?.LastEnd is { } end ? (long)(now - end.At).TotalSeconds : -1,
        };
    }
}
