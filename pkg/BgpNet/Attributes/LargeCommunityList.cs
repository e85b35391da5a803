// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>LARGE_COMMUNITY, type 32: one or more of three numbers of four octets (RFC 8092 3).</summary>
public readonly ref struct LargeCommunityList
{
    internal const int UnitLength = 12;
    private readonly ReadOnlySpan<byte> _value;

    internal LargeCommunityList(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>Communities in the list.</summary>
    public int Count => _value.Length / UnitLength;

    /// <summary>The community at a place.</summary>
    public LargeCommunity this[int index]
    {
        get
        {
            SpanReader reader = new(_value.Slice(index * UnitLength, UnitLength));
            _ = reader.TryReadUInt32(out uint administrator);
            _ = reader.TryReadUInt32(out uint data1);
            _ = reader.TryReadUInt32(out uint data2);
            return new(administrator, data1, data2);
        }
    }

    /// <summary>Writes the attribute; nothing, and true, for no communities. The caller sees to it that none is there twice (RFC 8092 5).</summary>
    public static bool TryWrite(ref SpanWriter writer, params scoped ReadOnlySpan<LargeCommunity> communities)
    {
        bool fits = communities.IsEmpty || PathAttribute.TryWriteHeader(
            ref writer, AttributeFlags.Optional | AttributeFlags.Transitive, AttributeType.LargeCommunities, communities.Length * UnitLength);
        foreach (LargeCommunity community in communities)
        {
            fits = fits
                && writer.TryWriteUInt32(community.GlobalAdministrator)
                && writer.TryWriteUInt32(community.LocalData1)
                && writer.TryWriteUInt32(community.LocalData2);
        }

        return fits;
    }
}
