// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Benchmarks.Bgp.Ours;
using LoadBalancer.Benchmarks.Bgp.Wire;

namespace LoadBalancer.Benchmarks.Bgp.Routers;

/// <summary>Who announces.</summary>
internal enum AnnouncerKind
{
    Ours,
    Raw,
    Bird,
    OpenBgpd,
    ExaBgp,
    Frr,
    GoBgp,
}

/// <summary>An announcer that has its routes and waits for a peer.</summary>
internal sealed class Announcing : IAsyncDisposable
{
    private static readonly TimeSpan FeedLimit = TimeSpan.FromSeconds(120);
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _raw = Task.CompletedTask;

    private Announcing(AnnouncerKind kind, IPAddress address) => (Kind, Address) = (kind, address);

    internal AnnouncerKind Kind { get; }

    /// <summary>Where it waits.</summary>
    internal IPAddress Address { get; }

    internal static string NameOf(AnnouncerKind kind) => kind switch
    {
        AnnouncerKind.Ours => "this speaker",
        AnnouncerKind.Raw => "raw packed octets",
        AnnouncerKind.Bird => "BIRD",
        AnnouncerKind.OpenBgpd => "OpenBGPD",
        AnnouncerKind.ExaBgp => "ExaBGP",
        AnnouncerKind.Frr => "FRR",
        AnnouncerKind.GoBgp => "GoBGP",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Starts it with this many routes; returns when it has them.</summary>
    internal static async Task<Announcing> StartAsync(AnnouncerKind kind, BgpStage stage, int prefixes, CancellationToken cancellation)
    {
        var host = kind == AnnouncerKind.Raw ? stage.RawHost : stage.AnnouncerHost;
        var announcing = new Announcing(kind, host.ServiceAddress);
        try
        {
            switch (kind)
            {
                case AnnouncerKind.Ours:
                    var ours = await Announcer.StartAsync(stage.Network, host, cancellation);
                    announcing._parts.Add(ours);
                    await ours.DoAsync($"routes 0 {prefixes} 0", cancellation);
                    await ours.DoAsync($"accept 192.0.2.{BgpStage.FirstPeer} {BgpStage.PeerAddresses}", cancellation);
                    break;
                case AnnouncerKind.Raw:
                    var listener = Dialer.Listen(host.Namespace, host.ServiceAddress);
                    announcing._raw = announcing.ServeAsync(listener, host.ServiceAddress, BgpBytes.Packed(BenchRoutes.ClusterAsn, host.ServiceAddress, prefixes));
                    break;
                case AnnouncerKind.Bird:
                    await announcing.FeedAsync(new BirdDaemon(stage, host, announces: true), stage, prefixes, cancellation);
                    break;
                case AnnouncerKind.OpenBgpd:
                    await announcing.FeedAsync(new OpenBgpdDaemon(stage, host, announces: true), stage, prefixes, cancellation);
                    break;
                case AnnouncerKind.ExaBgp:
                    await announcing.FeedAsync(new ExaBgpDaemon(stage, host, prefixes), stage, prefixes, cancellation);
                    break;
                case AnnouncerKind.Frr:
                    await announcing.FeedAsync(new FrrDaemon(stage, host, announces: true), stage, prefixes, cancellation);
                    break;
                case AnnouncerKind.GoBgp:
                    await announcing.FeedAsync(new GoBgpDaemon(stage, host, announces: true), stage, prefixes, cancellation);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }

            return announcing;
        }
        catch
        {
            await announcing.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _raw;
        foreach (var part in _parts.AsEnumerable().Reverse())
            await part.DisposeAsync();
        _stop.Dispose();
    }

    private async Task FeedAsync(Daemon daemon, BgpStage stage, int prefixes, CancellationToken cancellation)
    {
        _parts.Add(daemon);
        await daemon.StartAsync(cancellation);
        if (!daemon.WantsFeed)
            return;
        var octets = BgpBytes.Packed(BenchRoutes.FeederAsn, BgpStage.FeederAddress, prefixes);
        // Refused once where the daemon still configures the peer: dialled until it stays.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(FeedLimit);
        while (true)
        {
            var socket = await Dialer.ConnectAsync(stage.Here, BgpStage.FeederAddress, daemon.Address, FeedLimit, limit.Token);
            var feeder = new PlayedPeer(socket, BenchRoutes.FeederAsn, BgpStage.FeederAddress, toSay: octets);
            if (await Task.WhenAny(feeder.Established, feeder.Ended) == feeder.Established && feeder.Established.IsCompletedSuccessfully)
            {
                _parts.Add(feeder);
                break;
            }

            await feeder.DisposeAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
        }

        while (await daemon.CountAsync(limit.Token) < prefixes)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
    }

    // The least an announcer can do: the octets lie ready.
    private async Task ServeAsync(Socket listener, IPAddress identifier, byte[] octets)
    {
        using var _ = listener;
        var peers = new List<PlayedPeer>();
        try
        {
            while (true)
                peers.Add(new PlayedPeer(await listener.AcceptAsync(_stop.Token), BenchRoutes.ClusterAsn, identifier, toSay: octets));
        }
        catch (OperationCanceledException)
        {
            foreach (var peer in peers)
                await peer.DisposeAsync();
        }
    }
}
