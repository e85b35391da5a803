// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>Where this node's interfaces are, as far as direct routing has to know.</summary>
/// <param name="Entrances">Interfaces where packets from clients come in, in the order of their names.</param>
/// <param name="Networks">Addresses of this node, each with its interface and the bits of its network; the narrowest network first.</param>
internal sealed record Segments(ImmutableArray<string> Entrances, ImmutableArray<(IpAddr Own, int PrefixLength, string Link)> Networks)
{
    public static readonly Segments None = new([], []);

    /// <summary>
    /// What can be made of the kernel's list. Packets come in where the node has an address of its own, and at a macvlan above such
    /// an interface, which has an address only while it is master.
    /// </summary>
    public static Segments Of(ImmutableArray<LinkInfo> links)
    {
        HashSet<int> addressed = [.. links.Where(static link => IsEthernet(link) && link.Addresses.Any(static a => a.Scope == AddressScope.Universe)).Select(static link => link.Index)];
        return new(
            [.. links.Where(link => addressed.Contains(link.Index) || (link.Kind == "macvlan" && addressed.Contains(link.LowerIndex))).Select(static link => link.Name).Order(StringComparer.Ordinal)],
            [
                .. links.Where(static link => !link.IsLoopback)
                    .SelectMany(static link => link.Addresses, static (link, a) => (a.Address, a.PrefixLength, link.Name))
                    .OrderByDescending(static network => network.PrefixLength)
                    .ThenBy(static network => network.Name, StringComparer.Ordinal),
            ]);
    }

    /// <summary>The interface on whose segment an address is. False where it is on none; null where it is this node's own.</summary>
    public bool TryFind(IpAddr address, out string? link)
    {
        link = null;
        foreach ((IpAddr own, _, _) in Networks)
        {
            if (own == address)
            {
                return true;
            }
        }

        foreach ((IpAddr own, int prefixLength, string name) in Networks)
        {
            if (own.Family == address.Family && prefixLength < address.BitLength && new InterfaceAddress(own, prefixLength).Network.Contains(address))
            {
                link = name;
                return true;
            }
        }

        return false;
    }

    public bool Equals(Segments? other) => other is not null && Entrances.AsSpan().SequenceEqual(other.Entrances.AsSpan()) && Networks.AsSpan().SequenceEqual(other.Networks.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Entrances.Length, Networks.Length);

    private static bool IsEthernet(LinkInfo link) => link is { IsLoopback: false, IsNoArp: false, IsPointToPoint: false };
}
