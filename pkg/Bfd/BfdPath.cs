// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd;

/// <summary>
/// Between whom a session runs; also what a driver knows of a datagram it received (remote: its source, local: its
/// destination, interface: where it arrived). A single-hop session is told apart by remote address and interface
/// (RFC 5881 3), a multi-hop session by the two addresses (RFC 5883 4).
/// </summary>
/// <param name="Hops">Single-hop or multi-hop; a datagram's port tells.</param>
/// <param name="Remote">Address of the peer.</param>
/// <param name="Local">Our address; null in a session: any.</param>
/// <param name="Interface">Index of the interface; zero in a session: any.</param>
public readonly record struct BfdPath(BfdHops Hops, IpAddr Remote, IpAddr? Local = null, int Interface = 0)
{
    /// <summary>UDP port the peer receives on.</summary>
    public ushort Port => Hops == BfdHops.SingleHop ? (ushort)3784 : (ushort)4784;

    /// <summary>Whether a datagram that arrived this way may belong to the session of this path.</summary>
    internal bool Admits(BfdPath arrived) => Hops == arrived.Hops
        && Remote == arrived.Remote
        && (Hops == BfdHops.SingleHop ? Interface == 0 || Interface == arrived.Interface : Local is null || Local == arrived.Local);

    /// <summary>What tells this session from others of its kind.</summary>
    internal BfdPath Key => Hops == BfdHops.SingleHop ? this with { Local = null } : this with { Interface = 0 };

    /// <summary>The key of a session that takes datagrams from anywhere it may come.</summary>
    internal BfdPath AnyKey => this with { Local = null, Interface = 0 };
}
