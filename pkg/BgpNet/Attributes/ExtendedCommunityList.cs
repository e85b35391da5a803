// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>EXTENDED COMMUNITIES, type 16: one or more of eight octets (RFC 4360).</summary>
public readonly ref struct ExtendedCommunityList
{
    internal const int UnitLength = 8;
    private readonly ReadOnlySpan<byte> _value;

    internal ExtendedCommunityList(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>Communities in the list.</summary>
    public int Count => _value.Length / UnitLength;

    /// <summary>The community at a place.</summary>
    public ExtendedCommunity this[int index] => new(BinaryPrimitives.ReadUInt64BigEndian(_value.Slice(index * UnitLength, UnitLength)));

    /// <summary>Writes the attribute; nothing, and true, for no communities.</summary>
    public static bool TryWrite(ref SpanWriter writer, params scoped ReadOnlySpan<ExtendedCommunity> communities)
    {
        bool fits = communities.IsEmpty || PathAttribute.TryWriteHeader(
            ref writer, AttributeFlags.Optional | AttributeFlags.Transitive, AttributeType.ExtendedCommunities, communities.Length * UnitLength);
        foreach (ExtendedCommunity community in communities)
        {
            fits = fits && writer.TryWriteUInt64(community.Value);
        }

        return fits;
    }
}
