// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>A route in its slot: 28 octets for IPv4, 40 for IPv6. Numbers of other slots are 0 for none.</summary>
internal struct RouteEntry<TKey>
    where TKey : unmanaged, IPrefixKey<TKey>
{
    public TKey Key;
    public uint PathId;

    /// <summary>The offer; 0 when the route is withdrawn, or the slot free.</summary>
    public int Offer;

    /// <summary>The next in the hash bucket, or the next free slot.</summary>
    public int HashNext;

    /// <summary>The next with the same offer.</summary>
    public int Next;

    /// <summary>The one before with the same offer.</summary>
    public int Previous;

    /// <summary>How often a cohort still keeps what its peers know of the route; a withdrawn route keeps its slot as long.</summary>
    public ushort Pending;

    /// <summary>Bits of the prefix.</summary>
    public byte Length;

    public readonly PathPrefix Route => new(new IpPrefix(Key.Address, Length), PathId);

    /// <summary>Writes the route as it stands in an UPDATE (RFC 4271 4.3, RFC 7911 3); returns the octets, 0 when there is no room.</summary>
    public readonly int Write(Span<byte> room, bool addPath)
    {
        int head = addPath ? sizeof(uint) : 0;
        int octets = head + 1 + ((Length + 7) >> 3);
        if (octets > room.Length)
        {
            return 0;
        }

        if (addPath)
        {
            BinaryPrimitives.WriteUInt32BigEndian(room, PathId);
        }

        Span<byte> place = room[head..];
        if (place.Length >= TKey.Written)
        {
            Key.Write(place, Length);
        }
        else
        {
            WriteLast(place[..(octets - head)]);
        }

        return octets;
    }

    private readonly void WriteLast(Span<byte> place)
    {
        Span<byte> whole = stackalloc byte[32];
        Key.Write(whole, Length);
        whole[..place.Length].CopyTo(place);
    }
}
