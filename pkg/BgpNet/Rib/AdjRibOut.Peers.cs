// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

public sealed partial class AdjRibOut
{
    /// <summary>A session is established: the peer gets everything, then End-of-RIB for each family.</summary>
    public RibPeer PeerUp(PolicyId policy, ExportTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return new(this, policy, terms)
        {
            IPv4 = terms.IPv4Unicast ? _ipv4.Attach(terms, policy.Index) : null,
            IPv6 = terms.IPv6Unicast ? _ipv6.Attach(terms, policy.Index) : null,
        };
    }

    /// <summary>The session has ended: what the peer knew is forgotten.</summary>
    public void PeerDown(RibPeer peer)
    {
        Check(peer);
        peer.IPv4?.Detach();
        peer.IPv6?.Detach();
        peer.IPv4 = null;
        peer.IPv6 = null;
        peer.Rib = null;
    }

    /// <summary>The peer is offered what another policy says; only the difference is sent.</summary>
    public void ChangePolicy(RibPeer peer, PolicyId policy)
    {
        Check(peer);
        if (peer.Policy != policy)
        {
            peer.IPv4?.ChangePolicy(policy.Index);
            peer.IPv6?.ChangePolicy(policy.Index);
            peer.Policy = policy;
        }
    }

    /// <summary>The peer asks for a family again (RFC 2918), between markers when these were agreed on (RFC 7313).</summary>
    public void Refresh(RibPeer peer, AfiSafi family)
    {
        Check(peer);
        FamilyMember? member = family == AfiSafi.IPv4Unicast ? peer.IPv4 : family == AfiSafi.IPv6Unicast ? peer.IPv6 : null;
        member?.Refresh();
    }

    /// <summary>When there is something for the peer: an instant that has come already, a later one, or never.</summary>
    public MonoTime Due(RibPeer peer)
    {
        Check(peer);
        return MonoTime.Min(peer.IPv4?.Due ?? MonoTime.Never, peer.IPv6?.Due ?? MonoTime.Never);
    }

    /// <summary>
    /// Writes the next messages for a peer, whole ones, and returns the octets; 0 when nothing is due. What has been written
    /// counts as known to the peer: ask only when the transport can take it. Withdrawals come first.
    /// </summary>
    /// <exception cref="ArgumentException">The buffer is shorter than the longest message, <see cref="ExportTerms.MaxLength"/>.</exception>
    public int Fill(RibPeer peer, Span<byte> buffer, MonoTime now)
    {
        Check(peer);
        if (buffer.Length < peer.Terms.MaxLength)
        {
            throw new ArgumentException($"A buffer of {buffer.Length} octets does not hold the longest message of {peer.Terms.MaxLength}", nameof(buffer));
        }

        int at = peer.IPv4?.FillWithdrawals(buffer, first: true, now) ?? 0;
        at += peer.IPv6?.FillWithdrawals(buffer[at..], first: at == 0, now) ?? 0;
        at += peer.IPv4?.Fill(buffer[at..], first: at == 0, now) ?? 0;
        return at + (peer.IPv6?.Fill(buffer[at..], first: at == 0, now) ?? 0);
    }

    /// <summary>
    /// Whether, since this was last asked, all routes of a family have been written for the peer that it was to get at the start
    /// or again on request, with the marker behind them.
    /// </summary>
    public bool TakeSent(RibPeer peer, IpFamily family)
    {
        Check(peer);
        return peer.Member(family)?.TakeSent() ?? false;
    }

    /// <summary>How a route stands with a peer.</summary>
    public RouteState StateOf(RibPeer peer, IpPrefix prefix, uint pathId = 0)
    {
        Check(peer);
        return Family(prefix.Family).StateOf(new(prefix, pathId), peer.Member(prefix.Family));
    }

    /// <summary>All routes of a family, and how each stands with a peer.</summary>
    public IReadOnlyList<RibRoute> Snapshot(RibPeer peer, IpFamily family)
    {
        Check(peer);
        return Family(family).Snapshot(peer.Member(family), peer.Policy.Index);
    }

    private void Check(RibPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        if (peer.Rib != this)
        {
            throw new ArgumentException("The peer is down, or up elsewhere", nameof(peer));
        }
    }
}
