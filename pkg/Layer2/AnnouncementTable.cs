// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>
/// The addresses announced, frozen for the receiving threads: one lookup an answer, nothing allocated, nothing locked.
/// A change makes a new table that is published by one reference.
/// </summary>
public sealed class AnnouncementTable
{
    private readonly FrozenDictionary<IpAddr, InterfaceSet> _interfaces;
    private readonly FrozenSet<MacAddr> _ownMacs;

    private AnnouncementTable(FrozenDictionary<IpAddr, InterfaceSet> interfaces, FrozenSet<MacAddr> ownMacs)
    {
        _interfaces = interfaces;
        _ownMacs = ownMacs;
    }

    /// <summary>A table that announces nothing.</summary>
    public static AnnouncementTable Empty { get; } = Create([], []);

    /// <summary>Addresses announced on any interface.</summary>
    public int Count => _interfaces.Count;

    /// <summary>
    /// The table of these announcements; an address that is announced twice (two Services share it) is announced on the
    /// interfaces of both, and until the last is gone. The hardware addresses are those of all interfaces of the node:
    /// two of them may sit on one segment and hear each other.
    /// </summary>
    public static AnnouncementTable Create(IEnumerable<Announcement> announcements, IEnumerable<MacAddr> ownMacs)
    {
        ArgumentNullException.ThrowIfNull(announcements);
        return new(Merge(announcements).ToFrozenDictionary(), ownMacs.ToFrozenSet());
    }

    /// <summary>The interfaces an address is announced on; <see cref="InterfaceSet.None"/> for an address that is not.</summary>
    public InterfaceSet InterfacesOf(IpAddr address) =>
        _interfaces.TryGetValue(address, out InterfaceSet? interfaces) ? interfaces : InterfaceSet.None;

    /// <summary>Whether the address is announced on the interface.</summary>
    public bool Announces(IpAddr address, int interfaceIndex) =>
        _interfaces.TryGetValue(address, out InterfaceSet? interfaces) && interfaces.Contains(interfaceIndex);

    /// <summary>Whether the hardware address is one of the node's own.</summary>
    public bool IsOwn(MacAddr mac) => _ownMacs.Contains(mac);

    internal static Dictionary<IpAddr, InterfaceSet> Merge(IEnumerable<Announcement> announcements)
    {
        Dictionary<IpAddr, InterfaceSet> merged = [];
        foreach ((IpAddr address, InterfaceSet interfaces) in announcements)
        {
            merged[address] = merged.TryGetValue(address, out InterfaceSet? others) ? others.Union(interfaces) : interfaces;
        }

        return merged;
    }
}
