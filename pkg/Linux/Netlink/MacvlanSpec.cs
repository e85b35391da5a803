// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>A macvlan device: a second hardware address on an interface, as a virtual MAC needs (RFC 9568 7.3).</summary>
public sealed record MacvlanSpec
{
    /// <summary>The longest name of an interface, in octets.</summary>
    public const int MaxNameOctets = 15;

    /// <summary>Its name, at most <see cref="MaxNameOctets"/>.</summary>
    public required string Name
    {
        get;
        init => field = Encoding.UTF8.GetByteCount(value) is > 0 and <= MaxNameOctets
            ? value
            : throw new ArgumentException($"'{value}' is no name for an interface: it takes 1 to {MaxNameOctets} octets", nameof(value));
    }

    /// <summary>The interface it stands on.</summary>
    public required int LowerIndex { get; init; }

    /// <summary>Its hardware address.</summary>
    public required MacAddr Mac { get; init; }

    /// <summary>Whom it hears.</summary>
    public MacvlanMode Mode { get; init; } = MacvlanMode.Private;

    /// <summary>What it is called besides, by which leftovers are known; empty for nothing.</summary>
    public string Alias { get; init; } = "";
}
