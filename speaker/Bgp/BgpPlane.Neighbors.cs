// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

// Which routers there are, the connections they make, and the paths to them.
internal sealed partial class BgpPlane : ITcpAcceptor
{
    private const ushort BgpPort = 179;
    private static readonly TimeSpan ListenInterval = TimeSpan.FromSeconds(5);
    private readonly PathGuards _guards;
    private readonly UnnumberedPeers _unnumbered;
    private TcpListenSocket? _listener;
    private TcpListenSocket? _listener6;
    private MonoTime _listenAt = MonoTime.Never;
    private string? _listenFault;

    TcpAcceptance? ITcpAcceptor.Accept(TcpEndpoint remote, TcpEndpoint local)
    {
        foreach (BgpNeighbor neighbor in _neighbors.Values)
            if (neighbor.Remote == remote.Address && neighbor.Intent.Hindrance is null)
                return neighbor.Accept();
        Log.StrangerRefused(_logger, remote.ToString());
        return null;
    }

    void ITcpAcceptor.Refused(TcpEndpoint? remote, TcpFault fault) => Log.ConnectionRefused(_logger, remote?.ToString() ?? "somebody", fault.Sentence);

    private void Reconcile(MonoTime now)
    {
        foreach (PeerIntent intent in _wanted)
            Offers.Define(intent.Group, intent.Peer.ShownAsn, intent.Peer.MaxAnnouncedPrefixes);
        HashSet<string> wanted = [.. _wanted.Select(static w => w.Peer.Name)];
        foreach (BgpNeighbor gone in _neighbors.Values.Where(n => !wanted.Contains(n.Name)).ToArray())
        {
            _neighbors.Remove(gone.Name);
            Release(gone, StopReason.Deconfigured, null, now);
        }

        _unnumbered.Watch([.. _wanted.Select(static w => w.Peer.Interface).OfType<string>().Distinct()], Links, now);
        foreach (PeerIntent intent in _wanted)
        {
            (IpAddr Address, int Index)? remote = Find(intent.Peer);
            if (_neighbors.TryGetValue(intent.Peer.Name, out BgpNeighbor? known))
            {
                if (remote?.Address == known.Remote && known.TryApply(intent, now))
                {
                    _guards.Set(known, Path(intent.Peer, known.Remote, remote.Value.Index), PeerTerms.Bfd(intent.Peer));
                    continue;
                }

                _neighbors.Remove(known.Name);
                Release(known, StopReason.ConfigurationChange, null, now);
            }

            if (remote is { } found)
                Add(intent, found.Address, found.Index, now);
        }

        Listen();
    }

    private (IpAddr Address, int Index)? Find(Config.Bgp.BgpPeer peer) =>
        peer.Address is { } address ? (address, 0)
        : _unnumbered.On(peer.Interface ?? "") is { } heard ? (heard.Address, heard.InterfaceIndex)
        : null;

    private void Add(PeerIntent intent, IpAddr remote, int interfaceIndex, MonoTime now)
    {
        BgpNeighbor neighbor = new(this, intent, remote, interfaceIndex, _seed + ++_made);
        _neighbors.Add(neighbor.Name, neighbor);
        _guards.Set(neighbor, Path(intent.Peer, remote, interfaceIndex), PeerTerms.Bfd(intent.Peer));
        neighbor.Start(now);
    }

    private void Release(BgpNeighbor neighbor, StopReason reason, string? text, MonoTime now)
    {
        _guards.Remove(neighbor);
        neighbor.Stop(reason, text, now);
        _leaving.Add(neighbor);
        MarkChanged();
    }

    // RFC 5881 4: one hop when the peer is on a segment of ours.
    private BfdPath Path(Config.Bgp.BgpPeer peer, IpAddr remote, int interfaceIndex)
    {
        bool onLink = Links.Any(l => l.Addresses.Any(a => a.Address.Family == remote.Family && new IpPrefix(a.Address, a.PrefixLength).Contains(remote)));
        return peer.EbgpMultiHop || (PeerTerms.IsInternal(peer) && !onLink)
            ? new BfdPath(BfdHops.MultiHop, remote, peer.SourceAddress)
            : new BfdPath(BfdHops.SingleHop, remote, peer.SourceAddress, interfaceIndex);
    }

    private bool TakeBfd(BfdNotice notice) => _reactor.TryPost(() =>
    {
        PathStatus status = notice.IsFailure ? PathStatus.Down
            : notice.Transition.To == BfdState.Up ? PathStatus.Up
            : notice.Transition.To == BfdState.AdminDown || notice.Transition.Cause == BfdCause.PeerAdminDown ? PathStatus.AdminDown
            : PathStatus.Unknown;
        foreach (BgpNeighbor neighbor in _guards.GuardedBy(notice.Path))
            neighbor.TakeBfd(notice.Transition.To, status, notice.Fault, Reactor.Now);
    });

    // Another daemon often has the port, so it is opened only for a peer that is to come to us.
    private void Listen()
    {
        _listenAt = MonoTime.Never;
        if (!_wanted.Any(static w => w.Peer.Passive))
        {
            _listener?.Dispose();
            _listener6?.Dispose();
            (_listener, _listener6, _listenFault) = (null, null, null);
            return;
        }

        _listener ??= TryListen(IpAddr.IPv4Any);
        _listener6 ??= TryListen(IpAddr.IPv6Any);
        foreach (PeerIntent intent in _wanted)
            if (intent.Peer.Address is { } remote && (remote.IsIPv4 ? _listener : _listener6) is { } listener
                && !listener.TrySetKey(new IpPrefix(remote, remote.BitLength), intent.Key, out TcpFault fault))
                Log.ListenFailed(_logger, intent.Peer.Name, fault.Sentence);
    }

    private TcpListenSocket? TryListen(IpAddr address)
    {
        if (Transport.TryListen(new TcpEndpoint(address, BgpPort), new TcpListenOptions(), this, out TcpListenSocket? listener, out TcpFault fault))
        {
            _listenFault = null;
            return listener;
        }

        _listenAt = Reactor.Now + ListenInterval;
        if (_listenFault != fault.Sentence)
            Log.ListenFailed(_logger, "passive peers", fault.Sentence);
        _listenFault = fault.Sentence;
        return null;
    }
}
