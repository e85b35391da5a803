// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Bfd;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;
using LoadBalancer.Speaker.Bgp;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Benchmarks.Bgp.Ours;

/// <summary>
/// The speaker's BGP plane, whole and as it is, in a process of its own: sessions, Adj-RIB-Out, transport and BFD. What the
/// daemon would read from the API comes as orders instead.
/// </summary>
internal sealed class AnnouncerHost : IAsyncDisposable
{
    private static readonly PeerGroupSet Everybody = PeerGroupSet.Of([0]);
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(3);

    private readonly BgpPlane _plane;
    private BgpReport _report = BgpReport.Nothing;
    private readonly List<PeerIntent> _peers = [];
    private readonly Dictionary<int, ImmutableArray<RouteVariant>> _variants = [];

    internal AnnouncerHost()
    {
        _plane = new BgpPlane("bench", restarted: false, report => Volatile.Write(ref _report, report), seed: 1, NullLogger.Instance);
        _plane.Start();
    }

    /// <summary>Does one order and returns the answer.</summary>
    internal async Task<string> DoAsync(string order, CancellationToken cancellation)
    {
        var words = order.Split(' ');
        int Number(int at) => int.Parse(words[at], CultureInfo.InvariantCulture);
        switch (words[0])
        {
            case "accept":
                AddPeers(IpAddr.Parse(words[1]), Number(2), passive: true, port: 179, hold: BenchRoutes.HoldSeconds);
                return "done";
            case "dial":
                AddPeers(IpAddr.Parse(words[1]), Number(2), passive: false, (ushort)Number(3), Number(4));
                return "done";
            case "from":
                AddSources(IpAddr.Parse(words[1]), IpAddr.Parse(words[2]), Number(3));
                return "done";
            case "bfd":
                AddGuarded(IpAddr.Parse(words[1]), IpAddr.Parse(words[2]), Number(3));
                return "done";
            case "routes":
                Apply(Number(1), Number(2), Number(3));
                return "done";
            case "change":
                return Apply(Number(1), 1, Number(2)).ToString(CultureInfo.InvariantCulture);
            case "churn":
                return await ChurnAsync(Number(1), Number(2), TimeSpan.FromSeconds(Number(3)), cancellation);
            case "up":
                return Volatile.Read(ref _report).Neighbors.Count(static n => n.Session?.Negotiated is not null).ToString(CultureInfo.InvariantCulture);
            case "paths":
                return await PathsAsync(cancellation);
            default:
                throw new InvalidOperationException($"There is no order {words[0]}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(LeaveLimit);
        await Task.WhenAny(_plane.LeaveAsync(StopReason.Shutdown, null, limit.Token));
        _plane.Dispose();
    }

    private void AddPeers(IpAddr first, int count, bool passive, ushort port, int hold)
    {
        for (var i = 0; i < count; i++)
        {
            // Those that come differ by address; those that are dialled may all be one place.
            var address = passive ? IpAddr.FromValue(first.Family, first.Value + (UInt128)i) : first;
            Add(new BgpPeer("bench", string.Create(CultureInfo.InvariantCulture, $"{address}-{_peers.Count}"))
            {
                MyAsn = BenchRoutes.ClusterAsn,
                PeerAsn = PeerAsn.Of(BenchRoutes.RouterAsn),
                Address = address,
                Port = port,
                Passive = passive,
                HoldTime = TimeSpan.FromSeconds(hold),
            });
        }

        Offer(new BgpIntent { Peers = [.. _peers] });
    }

    // Many nodes, as one router sees them: a session from each of several addresses.
    private void AddSources(IpAddr router, IpAddr first, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var source = IpAddr.FromValue(first.Family, first.Value + (UInt128)i);
            Add(new BgpPeer("bench", string.Create(CultureInfo.InvariantCulture, $"{source}-{_peers.Count}"))
            {
                MyAsn = BenchRoutes.ClusterAsn,
                PeerAsn = PeerAsn.Of(BenchRoutes.RouterAsn),
                Address = router,
                SourceAddress = source,
            });
        }

        Offer(new BgpIntent { Peers = [.. _peers] });
    }

    private void AddGuarded(IpAddr router, IpAddr source, int milliseconds)
    {
        Add(new BgpPeer("bench", router.ToString())
        {
            MyAsn = BenchRoutes.ClusterAsn,
            PeerAsn = PeerAsn.Of(BenchRoutes.RouterAsn),
            Address = router,
            SourceAddress = source,
            Bfd = new BfdProfile("bench", "bfd")
            {
                ReceiveInterval = TimeSpan.FromMilliseconds(milliseconds),
                TransmitInterval = TimeSpan.FromMilliseconds(milliseconds),
            },
        });
        Offer(new BgpIntent { Peers = [.. _peers] });
    }

    // Identifiers are to differ from those of the routers, and are all one for a speaker.
    private void Add(BgpPeer peer) => _peers.Add(new PeerIntent(peer, Group: 0, RouterId: 0xc000020b, Key: null, Hindrance: null));

    // When it was handed over.
    private long Apply(int from, int count, int tag)
    {
        var variants = Variants(tag);
        var changes = new RouteChange[count];
        for (var i = 0; i < count; i++)
            changes[i] = new RouteChange(BenchRoutes.Prefix(from + i), variants);
        var now = Stopwatch.GetTimestamp();
        Offer(new BgpIntent { Routes = changes, IsComplete = true });
        return now;
    }

    // The tag travels as the MED; a negative one withdraws.
    private ImmutableArray<RouteVariant> Variants(int tag)
    {
        if (tag < 0)
            return [];
        if (!_variants.TryGetValue(tag, out var variants))
            _variants.Add(tag, variants = [new RouteVariant(Everybody, new RoutePolicy { Med = (uint)tag })]);
        return variants;
    }

    // Withdrawn, announced, announced otherwise, in turn; the answer is what each prefix ended as.
    private async Task<string> ChurnAsync(int perSecond, int prefixes, TimeSpan time, CancellationToken cancellation)
    {
        const int BatchesPerSecond = 200;
        var random = new Random(1);
        var last = new int[prefixes];
        var began = Stopwatch.GetTimestamp();
        long done = 0;
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond);
            var changes = new List<RouteChange>();
            for (; done < due; done++)
            {
                var number = random.Next(prefixes);
                last[number] = last[number] < 0 ? random.Next(4) : random.Next(2) == 0 ? -1 : (last[number] + 1) % 4;
                changes.Add(new RouteChange(BenchRoutes.Prefix(number), Variants(last[number])));
            }

            if (changes.Count > 0)
                Offer(new BgpIntent { Routes = changes });
            await Task.Delay(TimeSpan.FromSeconds(1.0 / BatchesPerSecond), TimeProvider.System, cancellation);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{done} ") + string.Join(',', last);
    }

    private void Offer(BgpIntent intent)
    {
        var wait = default(SpinWait);
        while (!_plane.TryApply(intent))
            wait.SpinOnce();
    }

    private async Task<string> PathsAsync(CancellationToken cancellation)
    {
        var snapshot = await _plane.ReadBfdAsync(cancellation);
        var sessions = snapshot.Sessions;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sessions.Count(static s => s.State == BfdState.Up)} {sessions.Sum(static s => s.FailureCount)} {sessions.Select(static s => s.DetectionTime.TotalMilliseconds).DefaultIfEmpty().Max():f0} {snapshot.Latest.TotalMilliseconds:f2} {snapshot.Priority}");
    }
}
