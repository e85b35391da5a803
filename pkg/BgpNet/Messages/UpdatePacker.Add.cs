// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Messages;

public ref partial struct UpdatePacker
{
    /// <summary>Room for prefixes, for one who holds them in another form; what is written there counts once it is taken.</summary>
    internal readonly Span<byte> Room => _message[_at.._end];

    internal void Take(int octets) => _at += octets;

    /// <summary>Adds a prefix; false when the message is full. The path identifier is sent only with add-path.</summary>
    /// <exception cref="ArgumentException">The prefix is of the other family.</exception>
    public bool TryAdd(IpPrefix prefix, uint pathId = 0)
    {
        ReadOnlySpan<IpPrefix> one = new(in prefix);
        return Add(one, new ReadOnlySpan<uint>(in pathId)) == 1;
    }

    /// <summary>Adds prefixes from the first on, with path identifier 0 under add-path; returns how many fitted.</summary>
    /// <exception cref="ArgumentException">A prefix is of the other family.</exception>
    public int Add(scoped ReadOnlySpan<IpPrefix> prefixes) => Add(prefixes, default);

    /// <summary>Adds prefixes from the first on, each with its path identifier; returns how many fitted.</summary>
    /// <exception cref="ArgumentException">A prefix is of the other family, or identifiers are missing.</exception>
    public int Add(scoped ReadOnlySpan<IpPrefix> prefixes, scoped ReadOnlySpan<uint> pathIds)
    {
        if (!pathIds.IsEmpty && pathIds.Length < prefixes.Length)
        {
            ThrowMissingIds();
        }

        int added = _addPath ? 0 : _ipv4 ? AddIPv4(prefixes) : AddIPv6(prefixes);
        Span<byte> room = _message[.._end];
        for (; added < prefixes.Length; added++)
        {
            ref readonly IpPrefix prefix = ref prefixes[added];
            int octets = (prefix.Length + 7) >> 3;
            int next = _at + 1 + octets + (_addPath ? PathIdLength : 0);
            if (next > room.Length)
            {
                break;
            }

            if (_addPath)
            {
                BinaryPrimitives.WriteUInt32BigEndian(room[_at..], pathIds.IsEmpty ? 0 : pathIds[added]);
                _at += PathIdLength;
            }

            room[_at] = (byte)prefix.Length;
            WriteAddress(room[(_at + 1)..], prefix, octets);
            _at = next;
        }

        return added;
    }

    // While there is room for it, bits and address go in one store; the next prefix covers what does not count.
    private int AddIPv4(scoped ReadOnlySpan<IpPrefix> prefixes)
    {
        Span<byte> room = _message[.._end];
        int at = _at;
        int added = 0;
        for (; added < prefixes.Length && room.Length - at >= sizeof(ulong); added++)
        {
            ref readonly IpPrefix prefix = ref prefixes[added];
            IpAddr address = prefix.Address;
            int bits = prefix.Length;
            if (!address.IsIPv4)
            {
                ThrowOtherFamily(prefix);
            }

            BinaryPrimitives.WriteUInt64BigEndian(room[at..], ((ulong)bits << 56) | ((ulong)address.Value << 24));
            at += 1 + ((bits + 7) >> 3);
        }

        _at = at;
        return added;
    }

    private int AddIPv6(scoped ReadOnlySpan<IpPrefix> prefixes)
    {
        Span<byte> room = _message[.._end];
        int at = _at;
        int added = 0;
        for (; added < prefixes.Length && room.Length - at >= LongestIPv6; added++)
        {
            ref readonly IpPrefix prefix = ref prefixes[added];
            IpAddr address = prefix.Address;
            int bits = prefix.Length;
            if (address.IsIPv4)
            {
                ThrowOtherFamily(prefix);
            }

            Span<byte> place = room.Slice(at, LongestIPv6);
            place[0] = (byte)bits;
            BinaryPrimitives.WriteUInt128BigEndian(place[1..], address.Value);
            at += 1 + ((bits + 7) >> 3);
        }

        _at = at;
        return added;
    }

    private readonly void WriteAddress(Span<byte> room, in IpPrefix prefix, int octets)
    {
        IpAddr address = prefix.Address;
        if (address.IsIPv4 != _ipv4)
        {
            ThrowOtherFamily(prefix);
        }

        Span<byte> whole = stackalloc byte[16];
        address.Write(whole);
        whole[..octets].CopyTo(room);
    }

    [DoesNotReturn]
    private static void ThrowOtherFamily(IpPrefix prefix) =>
        throw new ArgumentException($"{prefix} is not of the family that the message was begun for", nameof(prefix));

    [DoesNotReturn]
    private static void ThrowMissingIds() => throw new ArgumentException("Each prefix needs its path identifier", "pathIds");
}
