// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Holding;

/// <summary>What the protocol needs to know of an interface: whether it carries packets, and the addresses of its own to send from.</summary>
internal sealed record LinkView(int Index, string Name, MacAddr Mac, bool IsUp)
{
    /// <summary>The addresses nobody here put there, in the order of the kernel's choice: the first of a family is its primary.</summary>
    public required ImmutableArray<AddressInfo> Own { get; init; }

    public static LinkView Of(LinkInfo link, Func<AddressInfo, bool> isOurs) => new(link.Index, link.Name, link.Mac, link.IsUp && link.IsRunning)
    {
        Own = [.. link.Addresses.Where(a => !a.IsTentative && !isOurs(a)).OrderBy(static a => a.IsSecondary)],
    };

    /// <summary>The address to send from: a wished one if it is there; else for IPv4 the primary one near the virtual addresses, for IPv6 the link-local one.</summary>
    public AddressInfo? Source(IpFamily family, IpAddr? wished, IEnumerable<IpAddr> near)
    {
        if (wished is not null)
        {
            return First(a => a.Address == wished);
        }

        if (family == IpFamily.IPv6)
        {
            return First(static a => a.Address.IsIPv6 && a.Address.IsLinkLocal);
        }

        return First(a => Usable(a) && near.Any(n => n.IsIPv4 && new IpPrefix(a.Address, a.PrefixLength).Contains(n))) ?? First(Usable);
    }

    private static bool Usable(AddressInfo address) => address.Address.IsIPv4 && address.Scope <= AddressScope.Site;

    private AddressInfo? First(Func<AddressInfo, bool> fits)
    {
        foreach (AddressInfo address in Own)
        {
            if (fits(address))
            {
                return address;
            }
        }

        return null;
    }

    public bool Equals(LinkView? other) =>
        other is not null && Index == other.Index && Name == other.Name && Mac == other.Mac && IsUp == other.IsUp && Own.AsSpan().SequenceEqual(other.Own.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Index, Name, Mac, IsUp, Own.Length);
}
