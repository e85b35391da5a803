// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>Role, code 9: one octet (RFC 9234 4.1).</summary>
public static class RoleCapability
{
    /// <summary>Reads the value; false when it is not one octet.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out BgpRole role)
    {
        role = value.Length == 1 ? (BgpRole)value[0] : default;
        return value.Length == 1;
    }

    /// <summary>Writes the capability.</summary>
    public static bool TryWrite(ref SpanWriter writer, BgpRole role) =>
        Capability.TryWriteHeader(ref writer, CapabilityCode.Role, 1) && writer.TryWriteByte((byte)role);

    /// <summary>Whether the roles of the two sides may meet (RFC 9234 4.2, table 2).</summary>
    public static bool Fits(BgpRole ours, BgpRole theirs) => (ours, theirs) is
        (BgpRole.Provider, BgpRole.Customer) or (BgpRole.Customer, BgpRole.Provider)
        or (BgpRole.RouteServer, BgpRole.RouteServerClient) or (BgpRole.RouteServerClient, BgpRole.RouteServer)
        or (BgpRole.Peer, BgpRole.Peer);
}
