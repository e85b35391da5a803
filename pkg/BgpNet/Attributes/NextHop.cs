// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>
/// The router to send to. Over IPv6 a link-local address may stand beside the global one (RFC 2545 3), or alone in place of it.
/// </summary>
public readonly record struct NextHop(IpAddr Address, IpAddr? LinkLocal = null)
{
    /// <summary>Octets in MP_REACH_NLRI: 4, 16 or 32.</summary>
    public int Length => Address.ByteLength + (LinkLocal is null ? 0 : 16);

    /// <summary>Whether a host can have the address; RFC 4271 6.3 leaves the routes out otherwise.</summary>
    internal static bool IsHost(IpAddr address) =>
        !address.IsMulticast && !address.IsLoopback
        && (address.IsIPv4 ? (uint)address.Value >> 24 is not (0 or >= 240) : !address.IsUnspecified);
}
