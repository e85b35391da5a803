// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>A set of attribute types: 256 bits.</summary>
[InlineArray(4)]
internal struct AttributeTypeSet
{
    private ulong _bits;

    public readonly bool Contains(AttributeType type) => (this[(byte)type >> 6] & Bit(type)) != 0;

    /// <summary>Adds a type; false when it is there already.</summary>
    public bool Add(AttributeType type)
    {
        ref ulong bits = ref this[(byte)type >> 6];
        bool isNew = (bits & Bit(type)) == 0;
        bits |= Bit(type);
        return isNew;
    }

    private static ulong Bit(AttributeType type) => 1UL << ((byte)type & 63);
}
