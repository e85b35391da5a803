// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>Numbers of the protocol that callers need.</summary>
public static class VrrpWire
{
    /// <summary>TTL or hop limit of every advertisement (RFC 9568 5.1.1.3, 5.1.2.3).</summary>
    public const byte FullHopLimit = 255;

    /// <summary>Octets before the addresses.</summary>
    public const int HeaderLength = 8;

    /// <summary>Most addresses one advertisement can hold.</summary>
    public const int MaxAddresses = 255;

    /// <summary>Octets of the longest advertisement.</summary>
    public const int MaxLength = HeaderLength + (MaxAddresses * 16);

    /// <summary>Priority of the node whose own address the virtual one is (RFC 9568 5.2.4).</summary>
    public const byte OwnerPriority = 255;

    /// <summary>Highest priority of any other node.</summary>
    public const byte MaxPriority = 254;

    /// <summary>Octets of authentication that close every version 2 message (RFC 3768 5.3.10).</summary>
    internal const int AuthenticationLength = VrrpPassword.Length;

    /// <summary>
    /// Left free behind an IPv6 header: keepalived keeps as much for an authentication header, and lists cut differently would not
    /// agree.
    /// </summary>
    private const int RoomForExtensions = 24;

    /// <summary>224.0.0.18 (RFC 9568 5.1.1.2).</summary>
    public static IpAddr IPv4Group { get; } = IpAddr.FromUInt32(0xE000_0012);

    /// <summary>ff02::12 (RFC 9568 5.1.2.2).</summary>
    public static IpAddr IPv6Group { get; } = IpAddr.Parse("ff02::12");

    /// <summary>The group of a family.</summary>
    public static IpAddr Group(IpFamily family) => family == IpFamily.IPv4 ? IPv4Group : IPv6Group;

    /// <summary>The hardware address of a virtual router: 00:00:5e:00:01:ID, for IPv6 00:00:5e:00:02:ID (RFC 9568 7.3).</summary>
    public static MacAddr VirtualMac(IpFamily family, byte virtualRouterId)
    {
        _ = MacAddr.TryRead([0, 0, 0x5E, 0, family == IpFamily.IPv4 ? (byte)1 : (byte)2, virtualRouterId], out MacAddr address);
        return address;
    }

    /// <summary>How many addresses fit into one advertisement on a link with this MTU, at most <see cref="MaxAddresses"/>.</summary>
    public static int Capacity(VrrpVersion version, IpFamily family, int mtu)
    {
        int overhead = HeaderLength
            + (family == IpFamily.IPv4 ? 20 : 40 + RoomForExtensions)
            + (version == VrrpVersion.V2 ? AuthenticationLength : 0);
        return Math.Clamp((mtu - overhead) / AddressLength(family), 0, MaxAddresses);
    }

    internal static int AddressLength(IpFamily family) => family == IpFamily.IPv4 ? 4 : 16;
}
