// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>COMMUNITIES, type 8: one or more numbers of four octets (RFC 1997).</summary>
public readonly ref struct CommunityList
{
    internal const int UnitLength = 4;
    private readonly ReadOnlySpan<byte> _value;

    internal CommunityList(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>Communities in the list.</summary>
    public int Count => _value.Length / UnitLength;

    /// <summary>The community at a place.</summary>
    public Community this[int index] => new(BinaryPrimitives.ReadUInt32BigEndian(_value.Slice(index * UnitLength, UnitLength)));

    /// <summary>Whether a community is in the list.</summary>
    public bool Contains(Community community)
    {
        for (int i = 0; i < Count; i++)
        {
            if (this[i] == community)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes the attribute; nothing, and true, for no communities: peers drop routes with an empty list.</summary>
    public static bool TryWrite(ref SpanWriter writer, params scoped ReadOnlySpan<Community> communities)
    {
        bool fits = communities.IsEmpty || PathAttribute.TryWriteHeader(
            ref writer, AttributeFlags.Optional | AttributeFlags.Transitive, AttributeType.Communities, communities.Length * UnitLength);
        foreach (Community community in communities)
        {
            fits = fits && writer.TryWriteUInt32(community.Value);
        }

        return fits;
    }
}
