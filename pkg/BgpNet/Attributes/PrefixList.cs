// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>
/// Prefixes as they stand in an UPDATE (RFC 4271 4.3, RFC 7911 3).
/// <code>
///  +---------------------+------+-----------------------
///  | path identifier (4) | bits | octets: bits / 8, up
///  +---------------------+------+-----------------------
///    only with add-path
/// </code>
/// Walking it leaves out what no unicast route can be (RFC 4271 6.3): groups, loopback, link-local, v4-mapped.
/// </summary>
public readonly ref struct PrefixList
{
    private const int PathIdLength = 4;
    private readonly ReadOnlySpan<byte> _octets;
    private readonly IpFamily _family;
    private readonly bool _addPath;

    private PrefixList(ReadOnlySpan<byte> octets, IpFamily family, bool addPath)
    {
        _octets = octets;
        _family = family;
        _addPath = addPath;
    }

    /// <summary>Whether there is no prefix.</summary>
    public bool IsEmpty => _octets.IsEmpty;

    /// <summary>Takes a list when each prefix lies in it and is no longer than its family's addresses.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> octets, IpFamily family, bool addPath, out PrefixList list)
    {
        int most = family == IpFamily.IPv4 ? 32 : 128;
        int head = addPath ? PathIdLength : 0;
        int at = 0;
        list = default;
        while (at < octets.Length)
        {
            int bitsAt = at + head;
            if (bitsAt >= octets.Length || octets[bitsAt] > most)
            {
                return false;
            }

            at = bitsAt + 1 + ((octets[bitsAt] + 7) >> 3);
        }

        bool whole = at == octets.Length;
        list = whole ? new(octets, family, addPath) : default;
        return whole;
    }

    /// <summary>Walks the prefixes.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Walks the prefixes of a list.</summary>
    public ref struct Enumerator
    {
        private readonly PrefixList _list;
        private int _at;
        private PathPrefix _current;

        internal Enumerator(PrefixList list) => _list = list;

        /// <summary>The prefix reached.</summary>
        public readonly PathPrefix Current => _current;

        /// <summary>Goes to the next prefix.</summary>
        public bool MoveNext()
        {
            while (_at < _list._octets.Length)
            {
                if (Take())
                {
                    return true;
                }
            }

            return false;
        }

        // The list was checked when it was read.
        private bool Take()
        {
            ReadOnlySpan<byte> octets = _list._octets;
            uint pathId = 0;
            if (_list._addPath)
            {
                pathId = BinaryPrimitives.ReadUInt32BigEndian(octets[_at..]);
                _at += PathIdLength;
            }

            int bits = octets[_at];
            ReadOnlySpan<byte> significant = octets.Slice(_at + 1, (bits + 7) >> 3);
            _at += 1 + significant.Length;
            if (!TryReadAddress(significant, out IpAddr address))
            {
                return false;
            }

            IpPrefix prefix = new(address, bits);
            _current = new(prefix, pathId);
            return IsUnicast(prefix);
        }

        private readonly bool TryReadAddress(ReadOnlySpan<byte> significant, out IpAddr address)
        {
            if (_list._family == IpFamily.IPv4)
            {
                uint value = 0;
                if (significant.Length == sizeof(uint))
                {
                    value = BinaryPrimitives.ReadUInt32BigEndian(significant);
                }
                else
                {
                    for (int i = 0; i < significant.Length; i++)
                    {
                        value |= (uint)significant[i] << (24 - (8 * i));
                    }
                }

                address = IpAddr.FromUInt32(value);
                return true;
            }

            Span<byte> whole = stackalloc byte[16];
            whole.Clear();
            significant.CopyTo(whole);
            return IpAddr.TryRead(whole, out address);
        }

        // ::/80 and below hold ::, ::1 and all that stands for IPv4; none of it is routed, and its networks have no last address here.
        private static bool IsUnicast(IpPrefix prefix)
        {
            IpAddr address = prefix.Address;
            return !address.IsMulticast
                && (address.IsIPv4
                    ? !address.IsLoopback
                    : !(address.IsLinkLocal && prefix.Length >= 10) && !(prefix.Length >= 80 && address.Value >> 48 == UInt128.Zero));
        }
    }
}
