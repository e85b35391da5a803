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
    private readonly PathGuards _guards;
    private readonly UnnumberedPeers _unnumbered;
    private readonly DynamicNeighbors _dynamic;
    private readonly BgpPort _port;
    private readonly Refusals _refusals;

    TcpAcceptance? ITcpAcceptor.Accept(TcpEndpoint remote, TcpEndpoint local)
    {
        if (_left is not null)
            return null;
        // An exact address goes before any prefix, even while there is no session for it.
        BgpNeighbor? exact = _neighbors.Values.FirstOrDefault(n => n.Remote == remote.Address);
        PeerIntent? claim = exact?.Intent ?? _dynamic.ClaimOn(remote.Address);
        if (claim is null)
            return Refuse(Refusal.Stranger, remote, "no BGPPeer of this node has that address");
        if (claim.Hindrance is { } why)
            return Refuse(Refusal.Hindered, remote, $"BGPPeer {claim.Peer.Name} has no sessions: {why}");
        if (!_port.Guards(claim))
            return Refuse(Refusal.Hindered, remote, $"BGPPeer {claim.Peer.Name} has a password that is not in force: {_port.WhyNot(claim) ?? "it was just set"}");
        return (exact ?? _dynamic.Admit(remote.Address))?.Accept()
            ?? Refuse(Refusal.Full, remote, $"BGPPeer {claim.Peer.Name} has all the {claim.Peer.MaxDynamicPeers} peers that spec.maxDynamicPeers allows");
    }

    private TcpAcceptance? Refuse(Refusal refusal, TcpEndpoint remote, string why)
    {
        _refusals.Add(refusal, remote.ToString(), why, Reactor.Now);
        return null;
    }

    void ITcpAcceptor.Refused(TcpEndpoint? remote, TcpFault fault) => Log.ConnectionRefused(_logger, remote?.ToString() ?? "somebody", fault.Sentence);

    private void Reconcile(MonoTime now)
    {
        foreach (PeerIntent intent in _wanted)
            Offers.Define(intent.Group, intent.Peer.ShownAsn, intent.Peer.MaxAnnouncedPrefixes);
        HashSet<string> wanted = [.. _wanted.Where(static w => w.Peer.Range is null).Select(static w => w.Peer.Name)];
        foreach (BgpNeighbor gone in _neighbors.Values.Where(n => !wanted.Contains(n.Name)).ToArray())
        {
            _neighbors.Remove(gone.Name);
            Release(gone, StopReason.Deconfigured, null, now);
        }

        // What connects meanwhile must find the passwords of now.
        _port.Settle(_wanted, now);
        _dynamic.Reconcile(_wanted, now);
        foreach (BgpNeighbor neighbor in _dynamic.All)
            Guard(neighbor);
        _unnumbered.Watch([.. _wanted.Select(static w => w.Peer.Interface).OfType<string>().Distinct()], Links, now);
        foreach (PeerIntent intent in _wanted.Where(static w => w.Peer.Range is null))
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
    }

    private BgpNeighbor MakeDynamic(PeerIntent intent, IpAddr remote)
    {
        BgpNeighbor neighbor = new(this, intent, remote, interfaceIndex: 0, _seed + ++_made);
        Guard(neighbor);
        neighbor.Start(Reactor.Now);
        return neighbor;
    }

    private void Guard(BgpNeighbor dynamic) =>
        _guards.Set(dynamic, Path(dynamic.Intent.Peer, dynamic.Remote, interfaceIndex: 0), PeerTerms.Bfd(dynamic.Intent.Peer));

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
}
