// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Messages;

public ref partial struct UpdatePacker
{
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

        Span<byte> room = _message[.._end];
        int at = _at;
        int added = 0;
        for (; added < prefixes.Length; added++)
        {
            ref readonly IpPrefix prefix = ref prefixes[added];
            int bits = prefix.Length;
            int octets = (bits + 7) >> 3;
            int next = at + 1 + octets + (_addPath ? PathIdLength : 0);
            if (next > room.Length)
            {
                break;
            }

            if (_addPath)
            {
                BinaryPrimitives.WriteUInt32BigEndian(room[at..], pathIds.IsEmpty ? 0 : pathIds[added]);
                at += PathIdLength;
            }

            room[at] = (byte)bits;
            WriteAddress(room[(at + 1)..], prefix, octets);
            at = next;
        }

        _at = at;
        return added;
    }

    // All octets of the address are written where they fit, which is quicker; the next prefix covers those that do not count.
    private readonly void WriteAddress(Span<byte> room, in IpPrefix prefix, int octets)
    {
        IpAddr address = prefix.Address;
        if (address.IsIPv4 != _ipv4)
        {
            ThrowOtherFamily(prefix);
        }

        if (room.Length >= 16 || (_ipv4 && room.Length >= 4))
        {
            address.Write(room);
            return;
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
