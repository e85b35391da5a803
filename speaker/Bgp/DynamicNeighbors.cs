// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// The neighbors that are made when somebody connects from a prefix of a BGPPeer, and forgotten when he stays away. On the plane's
/// thread only.
/// </summary>
internal sealed class DynamicNeighbors(Func<PeerIntent, IpAddr, BgpNeighbor> make, Action<BgpNeighbor, StopReason> release)
{
    private readonly Dictionary<string, Range> _ranges = new(StringComparer.Ordinal);

    /// <summary>All there are.</summary>
    public IEnumerable<BgpNeighbor> All => _ranges.Values.SelectMany(static r => r.Peers.All.Select(static p => p.Peer));

    /// <summary>Those of a BGPPeer, by address.</summary>
    public IEnumerable<BgpNeighbor> Of(string peer) =>
        _ranges.TryGetValue(peer, out Range? range) ? range.Peers.All.OrderBy(static p => p.Address).Select(static p => p.Peer) : [];

    /// <summary>Takes the peers of the node as they are now.</summary>
    public void Reconcile(IReadOnlyList<PeerIntent> wanted, MonoTime now)
    {
        Dictionary<string, PeerIntent> ranges = wanted.Where(static w => w.Peer.Range is not null).ToDictionary(static w => w.Peer.Name, StringComparer.Ordinal);
        foreach ((string name, Range range) in _ranges)
            if (!ranges.ContainsKey(name))
            {
                foreach ((_, BgpNeighbor neighbor) in range.Peers.All)
                    release(neighbor, StopReason.Deconfigured);
                _ranges.Remove(name);
            }

        foreach (PeerIntent intent in ranges.Values)
        {
            if (!_ranges.TryGetValue(intent.Peer.Name, out Range? range))
                _ranges.Add(intent.Peer.Name, range = new Range(intent));
            range.Take(intent);
        }

        // An exact address, or a longer prefix, may have taken over what was another's.
        HashSet<IpAddr> exact = [.. wanted.Select(static w => w.Peer.Address).OfType<IpAddr>()];
        foreach (Range range in _ranges.Values)
            foreach ((IpAddr address, BgpNeighbor neighbor) in range.Peers.All.ToArray())
                if (exact.Contains(address) || Find(address) != range || !neighbor.TryApply(range.Intent, now))
                {
                    range.Peers.Remove(address);
                    release(neighbor, StopReason.ConfigurationChange);
                }
    }

    /// <summary>The BGPPeer whose prefix an address is in, the longest first; null when it is in none.</summary>
    public PeerIntent? ClaimOn(IpAddr remote) => Find(remote)?.Intent;

    /// <summary>The neighbor for somebody who connects; null when there is no room.</summary>
    public BgpNeighbor? Admit(IpAddr remote)
    {
        if (Find(remote) is not { } range)
            return null;
        if (range.Peers.TryGet(remote, out BgpNeighbor? known))
            return known;
        if (!range.Peers.TryMakeRoom(out BgpNeighbor? givenUp))
            return null;
        if (givenUp is not null)
            release(givenUp, StopReason.OutOfResources);
        BgpNeighbor made = make(range.Intent, remote);
        range.Peers.Add(remote, made);
        return made;
    }

    /// <summary>Does what is due; returns when it wants to be called again at the latest.</summary>
    public MonoTime Settle(MonoTime now)
    {
        MonoTime next = MonoTime.Never;
        foreach (Range range in _ranges.Values)
        {
            foreach ((IpAddr address, BgpNeighbor neighbor) in range.Peers.All)
            {
                next = MonoTime.Min(next, neighbor.Settle(now));
                range.Peers.Note(address, connected: !neighbor.IsIdle, now);
            }

            foreach (BgpNeighbor gone in range.Peers.TakeGone(now))
                release(gone, StopReason.Shutdown);
            next = MonoTime.Min(next, range.Peers.NextLeave);
        }

        return next;
    }

    /// <summary>Hands over all there are, and admits nobody any more.</summary>
    public IReadOnlyList<BgpNeighbor> TakeAll()
    {
        BgpNeighbor[] all = [.. All];
        _ranges.Clear();
        return all;
    }

    private Range? Find(IpAddr remote)
    {
        Range? longest = null;
        foreach (Range range in _ranges.Values)
            if (range.Prefix.Contains(remote) && range.Prefix.Length > (longest?.Prefix.Length ?? -1))
                longest = range;
        return longest;
    }

    private sealed class Range(PeerIntent intent)
    {
        public PeerIntent Intent { get; private set; } = intent;

        public IpPrefix Prefix => Intent.Peer.Range!.Value;

        public DynamicPeers<BgpNeighbor> Peers { get; } = new() { Limit = intent.Peer.MaxDynamicPeers, Remembered = PeerTerms.Remembered(intent.Peer) };

        public void Take(PeerIntent intent)
        {
            Intent = intent;
            (Peers.Limit, Peers.Remembered) = (intent.Peer.MaxDynamicPeers, PeerTerms.Remembered(intent.Peer));
        }
    }
}
