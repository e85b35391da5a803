// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>ATOMIC_AGGREGATE, type 6: no value (RFC 4271 5.1.6).</summary>
public static class AtomicAggregateAttribute
{
    /// <summary>Writes the attribute.</summary>
    public static bool TryWrite(ref SpanWriter writer) =>
        PathAttribute.TryWriteHeader(ref writer, AttributeFlags.Transitive, AttributeType.AtomicAggregate, 0);
}
