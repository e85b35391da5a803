// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>An address of an interface.</summary>
/// <param name="InterfaceIndex">The interface.</param>
/// <param name="Address">The local address.</param>
/// <param name="PrefixLength">Network bits.</param>
/// <param name="IsTentative">Duplicate detection is not over (RFC 4862 5.4): not to be used yet.</param>
public readonly record struct AddressInfo(int InterfaceIndex, IpAddr Address, int PrefixLength, bool IsTentative)
{
    /// <summary>The other end of a point-to-point address; null where there is none.</summary>
    public IpAddr? Peer { get; init; }

    /// <summary>How far the address means the same.</summary>
    public AddressScope Scope { get; init; }

    /// <summary>Duplicate detection found another host with it (IFA_F_DADFAILED): it stays tentative and is never usable.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>Not to be chosen for new connections (RFC 4862 5.5.4).</summary>
    public bool IsDeprecated { get; init; }

    /// <summary>IPv4: not the first of its prefix. IPv6: a temporary address (RFC 8981).</summary>
    public bool IsSecondary { get; init; }

    /// <summary>Who added it (IFA_PROTO, Linux 5.18): 1 to 3 the kernel, 0 unknown, above what a program says of itself.</summary>
    public byte Tag { get; init; }

    /// <summary>The IPv4 label, which is the interface's name where none was given; null for IPv6.</summary>
    public string? Label { get; init; }

    /// <summary>The kernel added no route for its prefix.</summary>
    public bool HasNoPrefixRoute { get; init; }
}
