// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>
/// Judges foreign claims. A stranger's is answered by one announcement in an interval at most, for ever: the third way
/// of RFC 5227 2.4, for a host whose address is given by an administrator and that has no other to take.
/// </summary>
public sealed class ClaimDefence(TimeSpan interval)
{
    private readonly Dictionary<(IpAddr Address, int Interface), MonoTime> _defended = [];

    /// <summary>DEFEND_INTERVAL of RFC 5227 1.1: two hosts that both defend do not flood the segment.</summary>
    public static TimeSpan DefaultInterval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Judges a claim; the table is the one in force now, which may be newer than the one that saw the claim.</summary>
    public ClaimVerdict Judge(in ForeignClaim claim, AnnouncementTable table, IReadOnlySet<MacAddr> peers, MonoTime now)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(peers);
        if (!table.Announces(claim.Address, claim.InterfaceIndex) || table.IsOwn(claim.Claimant))
        {
            return ClaimVerdict.NotOurs;
        }

        if (peers.Contains(claim.Claimant))
        {
            return ClaimVerdict.Peer;
        }

        (IpAddr, int) key = (claim.Address, claim.InterfaceIndex);
        if (_defended.TryGetValue(key, out MonoTime last) && now < last + interval)
        {
            return ClaimVerdict.Paced;
        }

        _defended[key] = now;
        return ClaimVerdict.Defend;
    }

    /// <summary>Forgets what is no longer announced, so that memory follows the table.</summary>
    public void Retain(AnnouncementTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        foreach ((IpAddr address, int index) in _defended.Keys)
        {
            if (!table.Announces(address, index))
            {
                _ = _defended.Remove((address, index));
            }
        }
    }
}
