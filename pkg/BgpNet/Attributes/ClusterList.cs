// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>CLUSTER_LIST, type 10: one or more identifiers of four octets (RFC 4456 8).</summary>
public readonly ref struct ClusterList
{
    private readonly ReadOnlySpan<byte> _value;

    internal ClusterList(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>Identifiers in the list.</summary>
    public int Count => _value.Length / sizeof(uint);

    /// <summary>The identifier at a place.</summary>
    public uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_value.Slice(index * sizeof(uint), sizeof(uint)));

    /// <summary>Writes the attribute; nothing, and true, for no identifiers.</summary>
    public static bool TryWrite(ref SpanWriter writer, params scoped ReadOnlySpan<uint> identifiers)
    {
        bool fits = identifiers.IsEmpty || PathAttribute.TryWriteHeader(
            ref writer, AttributeFlags.Optional, AttributeType.ClusterList, identifiers.Length * sizeof(uint));
        foreach (uint identifier in identifiers)
        {
            fits = fits && writer.TryWriteUInt32(identifier);
        }

        return fits;
    }
}
