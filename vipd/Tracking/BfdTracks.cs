// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>The BFD peers of a configuration. Their sessions have a thread of their own, which is there when one is.</summary>
internal sealed class BfdTracks(ReportBoard board, Func<Action, bool> post, Func<ulong> seed) : ITrack, IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly NamedSet<BfdPeer, BfdPeer> _peers = new();
    private readonly Dictionary<BfdPath, string> _names = [];
    private readonly HashSet<string> _unset = new(StringComparer.Ordinal);
    private BfdDriver? _driver;
    private MonoTime _retryAt = MonoTime.Never;

    public void Apply(VipConfiguration configuration, MonoTime now) => _peers.Apply(
        configuration.BfdPeers.Where(static peer => peer.Neighbor is not null).Select(static peer => (peer.Name, peer with { Weight = 0, Reverse = false })),
        (name, peer) =>
        {
            board.Begin(new(TrackedKind.BfdPeer, name, TrackState.Down, null, "waits for the peer"));
            _unset.Add(name);
            _retryAt = now;
            return peer;
        },
        (name, peer, gone) =>
        {
            // A session whose intervals change stays up; its new settings follow.
            _unset.Remove(name);
            if (_names.Remove(PathOf(peer)) && (gone || PathOf(peer) != PathOf(configuration.BfdPeers.First(p => p.Name == name))))
                _driver?.TryRemove(PathOf(peer));
            if (gone)
                board.Forget(TrackedKind.BfdPeer, name);
        });

    public MonoTime Settle(MonoTime now)
    {
        if (_retryAt <= now)
        {
            _retryAt = MonoTime.Never;
            foreach (BfdPeer peer in _peers.Running.Where(peer => _unset.Contains(peer.Name)).ToArray())
                Set(peer, now);
        }

        return _retryAt;
    }

    private void Set(BfdPeer peer, MonoTime now)
    {
        BfdPath path = PathOf(peer);
        if (peer.Neighbor!.Value.IsIPv6 && peer.Neighbor.Value.IsLinkLocal)
        {
            Fail(peer.Name, $"{peer.Neighbor} is link-local, and no interface can be given here: use a global address of the peer");
            _unset.Remove(peer.Name);
            return;
        }

        if (_names.TryGetValue(path, out string? other))
        {
            Fail(peer.Name, $"bfdPeers.{other} is a session with the same peer: remove one");
            _unset.Remove(peer.Name);
            return;
        }

        if (_driver is null)
        {
            _driver = new(seed(), Take);
            _driver.Start();
        }

        if (!_driver.TrySet(path, ParametersOf(peer)))
        {
            _retryAt = MonoTime.Min(_retryAt, now + RetryInterval);
            return;
        }

        _names[path] = peer.Name;
        _unset.Remove(peer.Name);
    }

    // On the driver's thread: it must not be held up, and what is not taken is offered again.
    private bool Take(BfdNotice notice) => post(() => Told(notice));

    private void Told(BfdNotice notice)
    {
        if (!_names.TryGetValue(notice.Path, out string? name))
            return;
        if (notice.Fault is { } fault)
            Fail(name, fault);
        else if (notice.Transition.To == BfdState.Up)
            board.Take(new(TrackedKind.BfdPeer, name, TrackState.Up, null, "session is up"));
        else
            board.Take(new(TrackedKind.BfdPeer, name, TrackState.Down, null, notice.Transition.To == BfdState.AdminDown ? "taken down" : $"session is {notice.Transition.To}: {notice.Transition.Cause}"));
    }

    private void Fail(string name, string problem) => board.Take(new(TrackedKind.BfdPeer, name, TrackState.Down, null, problem), problem: true);

    private static BfdPath PathOf(BfdPeer peer) => new(peer.MultiHop ? BfdHops.MultiHop : BfdHops.SingleHop, peer.Neighbor!.Value, peer.Source);

    // What is shorter than the machine's least interval is raised to it; a peer agrees on the longer of two anyway (RFC 5880 6.8.7).
    internal static BfdParameters ParametersOf(BfdPeer peer) => new()
    {
        TransmitInterval = Limit(peer.TransmitInterval),
        ReceiveInterval = Limit(peer.ReceiveInterval),
        DetectMultiplier = (byte)Math.Clamp(peer.Multiplier, 1, byte.MaxValue),
        Passive = peer.Passive,
        MinimumHopLimit = (byte)Math.Clamp(BfdParameters.FullHopLimit - peer.MaxHops, 1, BfdParameters.FullHopLimit),
    };

    private static TimeSpan Limit(TimeSpan interval) =>
        interval < BfdParameters.MinInterval ? BfdParameters.MinInterval : interval > BfdParameters.MaxInterval ? BfdParameters.MaxInterval : interval;

    /// <summary>Says farewell, so that peers do not take the end of this process for a failure of the path.</summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        if (_driver is { } driver)
            await driver.LeaveAsync(cancellation);
    }

    public void Dispose() => _driver?.Dispose();
}
