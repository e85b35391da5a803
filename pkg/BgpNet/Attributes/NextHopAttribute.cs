// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>NEXT_HOP, type 3: an IPv4 address, for the routes at the end of the message (RFC 4271 5.1.3).</summary>
public static class NextHopAttribute
{
    /// <summary>Octets of the attribute.</summary>
    internal const int Length = 7;

    /// <summary>Reads the value; false when it is not four octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out IpAddr address)
    {
        address = default;
        return value.Length == 4 && IpAddr.TryRead(value, out address);
    }

    /// <summary>Writes the attribute; false also for an IPv6 address.</summary>
    public static bool TryWrite(ref SpanWriter writer, IpAddr address) =>
        address.IsIPv4
        && PathAttribute.TryWriteHeader(ref writer, AttributeFlags.Transitive, AttributeType.NextHop, 4)
        && writer.TryWriteAddress(address);

    internal static BgpFault Check(ReadOnlySpan<byte> value) =>
        !TryRead(value, out IpAddr address) ? BgpFault.NextHopLength
        : NextHop.IsHost(address) ? BgpFault.None
        : BgpFault.NextHopAddress;
}
