// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>An address that is to be on an interface, with all that the kernel is told of it.</summary>
/// <param name="InterfaceIndex">The interface.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Network bits.</param>
public sealed record HeldAddress(int InterfaceIndex, IpAddr Address, int PrefixLength)
{
    /// <summary>The longest label, in octets.</summary>
    public const int MaxLabelOctets = 15;

    /// <summary>IPv4 label, at most <see cref="MaxLabelOctets"/>; null for the interface's name. IPv6 has none.</summary>
    public string? Label
    {
        get;
        init => field = value is null || Encoding.UTF8.GetByteCount(value) <= MaxLabelOctets
            ? value
            : throw new ArgumentException($"label '{value}' is longer than the {MaxLabelOctets} octets the kernel takes; shorten it", nameof(value));
    }

    /// <summary>The other end of a point-to-point link; null for none.</summary>
    public IpAddr? Peer { get; init; }

    /// <summary>IPv4 broadcast address; null for none.</summary>
    public IpAddr? Broadcast { get; init; }

    /// <summary>How far the address means the same.</summary>
    public AddressScope Scope { get; init; }

    /// <summary>How the kernel is to treat it.</summary>
    public AddressOptions Options { get; init; } = AddressOptions.NoDuplicateDetection;

    /// <summary>
    /// IPv6: preferred lifetime 0, so that no new connection of this host takes it as its source (RFC 6724 5, rule 3) although
    /// others reach it. IPv4 knows no such rule: there a source is chosen by scope and order.
    /// </summary>
    public bool IsNeverSource { get; init; }

    /// <summary>Who adds it (IFA_PROTO, Linux 5.18), by which leftovers are known; 0 for no tag. 1 to 3 are the kernel's.</summary>
    public byte Tag { get; init; }
}
