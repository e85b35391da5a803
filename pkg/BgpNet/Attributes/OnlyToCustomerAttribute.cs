// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>ONLY_TO_CUSTOMER, type 35: the AS that said so (RFC 9234 5).</summary>
public static class OnlyToCustomerAttribute
{
    /// <summary>Reads the value; false when it is not four octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out uint asn)
    {
        SpanReader reader = new(value);
        return reader.TryReadUInt32(out asn) && reader.Remaining == 0;
    }

    /// <summary>Writes the attribute.</summary>
    public static bool TryWrite(ref SpanWriter writer, uint asn) =>
        PathAttribute.TryWriteUInt32(ref writer, AttributeFlags.Optional | AttributeFlags.Transitive, AttributeType.OnlyToCustomer, asn);
}
