// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Messages;

/// <summary>
/// Fills one UPDATE with as many prefixes as it holds; for more, take another behind it.
/// <code>
///  announce, IPv4 next hop:   W=0 | A | attributes with NEXT_HOP | prefixes ->
///  announce, IPv6 next hop:   W=0 | A | MP_REACH_NLRI: prefixes -> | attributes
///  withdraw IPv4:             W | prefixes -> | A=0
///  withdraw IPv6:             W=0 | A | MP_UNREACH_NLRI: prefixes ->
/// </code>
/// MP_REACH_NLRI comes first, so that a peer finds the routes whatever befalls the rest (RFC 7606 5.1); IPv4 stays out of
/// the multiprotocol attributes unless its next hop is IPv6, as not every peer lives through that. One message holds one
/// family, and announces or withdraws, never both.
/// </summary>
public ref partial struct UpdatePacker
{
    private const int AttributesAt = MessageFrame.HeaderLength + 4;
    private const int MultiprotocolHead = 4;
    private const int LongestIPv4 = 1 + 4;
    private const int LongestIPv6 = 1 + 16;
    private const int PathIdLength = 4;
    private readonly Span<byte> _message;
    private readonly ReadOnlySpan<byte> _trailing;
    private readonly Kind _kind;
    private readonly int _first;
    private readonly int _end;
    private readonly bool _ipv4;
    private readonly bool _addPath;
    private int _at;

    private UpdatePacker(Span<byte> message, ReadOnlySpan<byte> trailing, Kind kind, int first, int end, bool ipv4, bool addPath)
    {
        _message = message;
        _trailing = trailing;
        _kind = kind;
        _first = first;
        _end = end;
        _ipv4 = ipv4;
        _addPath = addPath;
        _at = first;
    }

    private enum Kind : byte
    {
        Announce,
        Withdraw,
        Reach,
        Unreach,
    }

    /// <summary>
    /// Begins a message that announces prefixes of a family with one set of attributes, encoded in ascending order and
    /// without next hop, as <see cref="RouteAttributes"/> writes them. False when not even one prefix fits, or when an IPv6
    /// route has an IPv4 next hop. An IPv6 next hop for IPv4 routes must have been agreed on (RFC 8950).
    /// </summary>
    public static bool TryAnnounce(
        Span<byte> destination, UpdateFormat format, IpFamily family, ReadOnlySpan<byte> attributes, NextHop nextHop, out UpdatePacker packer)
    {
        Span<byte> message = destination[..Math.Min(destination.Length, format.MaxLength)];
        bool ipv4 = family == IpFamily.IPv4;
        packer = default;
        if (!ipv4 && nextHop.Address.IsIPv4)
        {
            return false;
        }

        bool plain = nextHop.Address.IsIPv4;
        int first = AttributesAt + (plain ? attributes.Length + NextHopAttribute.Length : MultiprotocolHead + AfiSafi.Length + 2 + nextHop.Length);
        int end = message.Length - (plain ? 0 : attributes.Length);
        if (first + Longest(ipv4, format.AddPath) > end)
        {
            return false;
        }

        SpanWriter writer = new(message[AttributesAt..]);
        if (plain)
        {
            int split = OffsetBehindAsPath(attributes);
            _ = writer.TryWriteOctets(attributes[..split]);
            _ = NextHopAttribute.TryWrite(ref writer, nextHop.Address);
            _ = writer.TryWriteOctets(attributes[split..]);
        }
        else
        {
            _ = writer.TryReserve(MultiprotocolHead, out _);
            _ = AfiSafi.Unicast(family).TryWrite(ref writer);
            _ = writer.TryWriteByte((byte)nextHop.Length);
            _ = writer.TryWriteAddress(nextHop.Address);
            _ = nextHop.LinkLocal is not { } linkLocal || writer.TryWriteAddress(linkLocal);
            _ = writer.TryWriteByte(0);
        }

        packer = new(message, plain ? default : attributes, plain ? Kind.Announce : Kind.Reach, first, end, ipv4, format.AddPath);
        return true;
    }

    /// <summary>Begins a message that withdraws prefixes of a family. False when not even one prefix fits.</summary>
    public static bool TryWithdraw(Span<byte> destination, UpdateFormat format, IpFamily family, out UpdatePacker packer)
    {
        Span<byte> message = destination[..Math.Min(destination.Length, format.MaxLength)];
        bool ipv4 = family == IpFamily.IPv4;
        int first = ipv4 ? MessageFrame.HeaderLength + 2 : AttributesAt + MultiprotocolHead + AfiSafi.Length;
        int end = message.Length - (ipv4 ? 2 : 0);
        packer = default;
        if (first + Longest(ipv4, format.AddPath) > end)
        {
            return false;
        }

        if (!ipv4)
        {
            SpanWriter writer = new(message[(AttributesAt + MultiprotocolHead)..]);
            _ = AfiSafi.IPv6Unicast.TryWrite(ref writer);
        }

        packer = new(message, default, ipv4 ? Kind.Withdraw : Kind.Unreach, first, end, ipv4, format.AddPath);
        return true;
    }

    /// <summary>Writes the lengths around what was added; returns the octets of the message, 0 when nothing was added.</summary>
    public int Complete()
    {
        if (_at == _first)
        {
            return 0;
        }

        int attributesLength = 0;
        int withdrawnLength = 0;
        int length = _at;
        switch (_kind)
        {
            case Kind.Announce:
                attributesLength = _first - AttributesAt;
                break;
            case Kind.Withdraw:
                withdrawnLength = _at - _first;
                BinaryPrimitives.WriteUInt16BigEndian(_message[_at..], 0);
                length += 2;
                break;
            case Kind.Reach:
            case Kind.Unreach:
                length = CompleteMultiprotocol(_kind == Kind.Reach ? AttributeType.MpReach : AttributeType.MpUnreach);
                attributesLength = length - AttributesAt;
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        BinaryPrimitives.WriteUInt16BigEndian(_message[MessageFrame.HeaderLength..], (ushort)withdrawnLength);
        if (_kind != Kind.Withdraw)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_message[(MessageFrame.HeaderLength + 2)..], (ushort)attributesLength);
        }

        MessageFrame.WriteHeader(_message, MessageType.Update, length);
        return length;
    }

    // A value of up to 255 octets has its length in one (RFC 4271 4.3); how long it becomes is known only now, so it moves up.
    private readonly int CompleteMultiprotocol(AttributeType type)
    {
        int valueLength = _at - AttributesAt - MultiprotocolHead;
        bool isShort = valueLength <= byte.MaxValue;
        int end = isShort ? _at - 1 : _at;
        if (isShort)
        {
            _message[(AttributesAt + MultiprotocolHead).._at].CopyTo(_message[(AttributesAt + MultiprotocolHead - 1)..]);
        }

        SpanWriter head = new(_message[AttributesAt..]);
        _ = PathAttribute.TryWriteHeader(ref head, AttributeFlags.Optional, type, valueLength);
        _trailing.CopyTo(_message[end..]);
        return end + _trailing.Length;
    }

    private static int Longest(bool ipv4, bool addPath) => (ipv4 ? LongestIPv4 : LongestIPv6) + (addPath ? PathIdLength : 0);

    // NEXT_HOP goes behind ORIGIN and AS_PATH: attributes stand in ascending order (RFC 4271 5).
    private static int OffsetBehindAsPath(ReadOnlySpan<byte> attributes)
    {
        SpanReader reader = new(attributes);
        int split = 0;
        while (PathAttribute.TryRead(ref reader, out PathAttribute attribute, out _) && attribute.Type < AttributeType.NextHop)
        {
            split += attribute.Octets.Length;
        }

        return split;
    }
}
