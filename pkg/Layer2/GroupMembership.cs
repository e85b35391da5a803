// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>
/// The multicast groups that have to be received: the solicited-node groups of the announced IPv6 addresses on every
/// interface that speaks for them. Always computed whole and compared with what is joined, so that an interface that
/// arrives after the address joins too, and a group that two addresses share is left with the last.
/// </summary>
public sealed class GroupMembership
{
    private HashSet<(int Interface, IpAddr Group)> _joined = [];

    /// <summary>Groups joined, counted per interface.</summary>
    public int Count => _joined.Count;

    /// <summary>What is to change for these announcements on these interfaces: leaves first, then joins, each once.</summary>
    public IReadOnlyList<GroupChange> Update(IEnumerable<Announcement> announcements, IEnumerable<InterfaceFacts> links)
    {
        ArgumentNullException.ThrowIfNull(announcements);
        HashSet<(int Interface, IpAddr Group)> wanted = Wanted(announcements, [.. links]);
        List<GroupChange> changes = [];
        foreach ((int index, IpAddr group) in _joined)
        {
            if (!wanted.Contains((index, group)))
            {
                changes.Add(new(Join: false, index, group));
            }
        }

        foreach ((int index, IpAddr group) in wanted)
        {
            if (!_joined.Contains((index, group)))
            {
                changes.Add(new(Join: true, index, group));
            }
        }

        _joined = wanted;
        return changes;
    }

    /// <summary>Takes back a join the host could not perform: the next update asks for it again.</summary>
    public void Failed(GroupChange change) => _ = change.Join && _joined.Remove((change.InterfaceIndex, change.Group));

    private static HashSet<(int Interface, IpAddr Group)> Wanted(IEnumerable<Announcement> announcements, InterfaceFacts[] links)
    {
        HashSet<(int Interface, IpAddr Group)> wanted = [];
        foreach ((IpAddr address, InterfaceSet interfaces) in announcements)
        {
            foreach (InterfaceFacts link in links)
            {
                if (address.IsIPv6 && interfaces.Contains(link.Index) && link.CanSpeakFor(address))
                {
                    _ = wanted.Add((link.Index, address.SolicitedNodeGroup));
                }
            }
        }

        return wanted;
    }
}
