// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership;

/// <summary>
/// The wire form, version 1, network order:
/// <code>
///  0  4  "LBHB"              24  1  prefixes
///  4  1  version             25  1  reserved, 0
///  5  1  flags               26  2  echoes
///  6  1  length of node      28  2  claims in this page
///  7  1  length of interface 30  2  reserved, 0
///  8  8  incarnation         32  4  claims over all pages
/// 16  8  sequence            36     node, interface, [after], prefixes, echoes, claims, [32 octets of HMAC-SHA256]
/// </code>
/// An address is one octet of family (4 or 6) and its 4 or 16 octets; a prefix adds one octet of length, an echo is two
/// 32-bit words, a claim is an address and a 32-bit word: the top bit says yielded, the rest is the epoch.
/// </summary>
public static class HeartbeatCodec
{
    /// <summary>No heartbeat is longer: it fits an Ethernet frame under any usual encapsulation.</summary>
    public const int MaxLength = 1400;

    /// <summary>Echoes that go into one heartbeat; more peers take turns.</summary>
    public const int MaxEchoes = 64;

    /// <summary>Prefixes that go into one heartbeat.</summary>
    public const int MaxPrefixes = 16;

    internal const int HeaderLength = 36;
    internal const int MaxNameLength = 253;
    internal const int MaxInterfaceLength = 15;
    internal const uint Magic = 0x4C42_4842;
    internal const byte Version = 1;
    internal const byte FlagLeaving = 1;
    internal const byte FlagReady = 2;
    internal const byte FlagAuthenticated = 4;
    internal const byte FlagFirstPage = 8;
    internal const byte FlagLastPage = 16;
    internal const byte KnownFlags = 31;
    private const uint YieldedBit = 0x8000_0000;

    /// <summary>Checks and parses a datagram; false with the reason, and then <paramref name="into"/> means nothing.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, HeartbeatKey? key, Heartbeat into, out DropReason reason)
    {
        ArgumentNullException.ThrowIfNull(into);
        reason = Check(datagram, key, out ReadOnlySpan<byte> message);
        if (reason != DropReason.None)
        {
            return false;
        }

        into.Clear();
        reason = ReadMessage(message, into);
        return reason == DropReason.None;
    }

    private static DropReason Check(ReadOnlySpan<byte> datagram, HeartbeatKey? key, out ReadOnlySpan<byte> message)
    {
        message = datagram;
        if (datagram.Length < HeaderLength)
        {
            return DropReason.Truncated;
        }

        if (datagram.Length > MaxLength)
        {
            return DropReason.TooLong;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(datagram) != Magic)
        {
            return DropReason.NotHeartbeat;
        }

        if (datagram[4] != Version)
        {
            return DropReason.UnknownVersion;
        }

        bool authenticated = (datagram[5] & FlagAuthenticated) != 0;
        if (!authenticated)
        {
            return key is null ? DropReason.None : DropReason.Unauthenticated;
        }

        if (key is null)
        {
            return DropReason.KeyMissing;
        }

        if (datagram.Length < HeaderLength + HeartbeatKey.CodeLength)
        {
            return DropReason.Truncated;
        }

        message = datagram[..^HeartbeatKey.CodeLength];
        return key.Verify(message, datagram[^HeartbeatKey.CodeLength..]) ? DropReason.None : DropReason.BadAuthentication;
    }

    private static DropReason ReadMessage(ReadOnlySpan<byte> message, Heartbeat into)
    {
        byte flags = message[5];
        int nodeLength = message[6];
        int interfaceLength = message[7];
        int prefixes = message[24];
        int echoes = BinaryPrimitives.ReadUInt16BigEndian(message[26..]);
        int claims = BinaryPrimitives.ReadUInt16BigEndian(message[28..]);
        uint total = BinaryPrimitives.ReadUInt32BigEndian(message[32..]);
        if ((flags & ~KnownFlags) != 0 || message[25] != 0 || message[30] != 0 || message[31] != 0
            || nodeLength is 0 or > MaxNameLength || interfaceLength is 0 or > MaxInterfaceLength
            || prefixes > MaxPrefixes || total > int.MaxValue || claims > total)
        {
            return DropReason.Malformed;
        }

        into.Incarnation = BinaryPrimitives.ReadUInt64BigEndian(message[8..]);
        into.Sequence = BinaryPrimitives.ReadUInt64BigEndian(message[16..]);
        into.Leaving = (flags & FlagLeaving) != 0;
        into.Ready = (flags & FlagReady) != 0;
        into.LastPage = (flags & FlagLastPage) != 0;
        into.TotalClaims = (int)total;
        ReadOnlySpan<byte> rest = message[HeaderLength..];
        if (rest.Length < nodeLength + interfaceLength)
        {
            return DropReason.Truncated;
        }

        if (!TryText(rest[..nodeLength], into.Node, out string node)
            || !TryText(rest.Slice(nodeLength, interfaceLength), into.Interface, out string name))
        {
            return DropReason.Malformed;
        }

        into.Node = node;
        into.Interface = name;
        rest = rest[(nodeLength + interfaceLength)..];
        return ReadLists(rest, into, (flags & FlagFirstPage) != 0, prefixes, echoes, claims);
    }

    private static DropReason ReadLists(ReadOnlySpan<byte> rest, Heartbeat into, bool firstPage, int prefixes, int echoes, int claims)
    {
        DropReason reason = DropReason.None;
        if (!firstPage)
        {
            if (!TryAddress(ref rest, out IpAddr after, ref reason))
            {
                return reason;
            }

            into.After = after;
        }

        for (int i = 0; i < prefixes; i++)
        {
            if (!TryAddress(ref rest, out IpAddr address, ref reason))
            {
                return reason;
            }

            if (rest.IsEmpty)
            {
                return DropReason.Truncated;
            }

            if (rest[0] > address.BitLength)
            {
                return DropReason.Malformed;
            }

            into.Prefixes.Add(new IpPrefix(address, rest[0]));
            rest = rest[1..];
        }

        if (rest.Length < echoes * 8)
        {
            return DropReason.Truncated;
        }

        for (int i = 0; i < echoes; i++, rest = rest[8..])
        {
            into.Echoes.Add(new(BinaryPrimitives.ReadUInt32BigEndian(rest), BinaryPrimitives.ReadUInt32BigEndian(rest[4..])));
        }

        return ReadClaims(rest, into, claims);
    }

    private static DropReason ReadClaims(ReadOnlySpan<byte> rest, Heartbeat into, int claims)
    {
        DropReason reason = DropReason.None;
        IpAddr? previous = into.After;
        for (int i = 0; i < claims; i++)
        {
            if (!TryAddress(ref rest, out IpAddr address, ref reason))
            {
                return reason;
            }

            if (rest.Length < 4)
            {
                return DropReason.Truncated;
            }

            if (previous is { } last && address <= last)
            {
                return DropReason.Malformed;
            }

            uint word = BinaryPrimitives.ReadUInt32BigEndian(rest);
            into.Claims.Add(new(address, word & ~YieldedBit, (word & YieldedBit) != 0));
            previous = address;
            rest = rest[4..];
        }

        // A page that is neither last nor holds a claim would have no end.
        return rest.IsEmpty && (into.LastPage || claims > 0) ? DropReason.None : DropReason.Malformed;
    }

    private static bool TryText(ReadOnlySpan<byte> octets, string known, out string text)
    {
        text = known;
        foreach (byte octet in octets)
        {
            if (octet is <= 0x20 or >= 0x7F)
            {
                return false;
            }
        }

        // The same few senders come again and again: their names are not allocated anew.
        if (!Ascii.Equals(octets, known))
        {
            text = Encoding.ASCII.GetString(octets);
        }

        return true;
    }

    private static bool TryAddress(ref ReadOnlySpan<byte> rest, out IpAddr address, ref DropReason reason)
    {
        address = default;
        int length = rest.IsEmpty ? -1 : rest[0] switch { 4 => 4, 6 => 16, _ => 0 };
        if (length == 0)
        {
            reason = DropReason.Malformed;
            return false;
        }

        if (length < 0 || rest.Length < 1 + length)
        {
            reason = DropReason.Truncated;
            return false;
        }

        bool ok = IpAddr.TryRead(rest.Slice(1, length), out address);
        reason = ok ? reason : DropReason.Malformed;
        rest = rest[(1 + length)..];
        return ok;
    }
}
