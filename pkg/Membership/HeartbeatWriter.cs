// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership;

/// <summary>Writes heartbeats; the layout stands at <see cref="HeartbeatCodec"/>.</summary>
public static class HeartbeatWriter
{
    /// <summary>Octets a claim takes on the wire.</summary>
    public static int LengthOf(Claim claim) => 1 + claim.Address.ByteLength + 4;

    /// <summary>Octets the message takes without its claims, the code included.</summary>
    public static int LengthWithoutClaims(Heartbeat message, bool authenticated)
    {
        ArgumentNullException.ThrowIfNull(message);
        int length = HeartbeatCodec.HeaderLength + message.Node.Length + message.Interface.Length + (message.Echoes.Count * 8)
            + (authenticated ? HeartbeatKey.CodeLength : 0) + (message.After is { } after ? 1 + after.ByteLength : 0);
        foreach (IpPrefix prefix in message.Prefixes)
        {
            length += 2 + prefix.Address.ByteLength;
        }

        return length;
    }

    /// <summary>Writes the message and, with a key, its code; returns the octets written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is too short.</exception>
    public static int Write(Heartbeat message, HeartbeatKey? key, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(message);
        Span<byte> header = destination[..HeartbeatCodec.HeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(header, HeartbeatCodec.Magic);
        header[4] = HeartbeatCodec.Version;
        header[5] = (byte)((message.Leaving ? HeartbeatCodec.FlagLeaving : 0)
            | (message.Ready ? HeartbeatCodec.FlagReady : 0)
            | (key is null ? 0 : HeartbeatCodec.FlagAuthenticated)
            | (message.After is null ? HeartbeatCodec.FlagFirstPage : 0)
            | (message.LastPage ? HeartbeatCodec.FlagLastPage : 0));
        header[6] = (byte)message.Node.Length;
        header[7] = (byte)message.Interface.Length;
        BinaryPrimitives.WriteUInt64BigEndian(header[8..], message.Incarnation);
        BinaryPrimitives.WriteUInt64BigEndian(header[16..], message.Sequence);
        header[24] = (byte)message.Prefixes.Count;
        BinaryPrimitives.WriteUInt16BigEndian(header[26..], (ushort)message.Echoes.Count);
        BinaryPrimitives.WriteUInt16BigEndian(header[28..], (ushort)message.Claims.Count);
        BinaryPrimitives.WriteUInt32BigEndian(header[32..], (uint)message.TotalClaims);
        int at = HeartbeatCodec.HeaderLength;
        at += Encoding.ASCII.GetBytes(message.Node, destination[at..]);
        at += Encoding.ASCII.GetBytes(message.Interface, destination[at..]);
        at = WriteLists(message, destination, at);
        if (key is not null)
        {
            key.Sign(destination[..at], destination.Slice(at, HeartbeatKey.CodeLength));
            at += HeartbeatKey.CodeLength;
        }

        return at;
    }

    private static int WriteLists(Heartbeat message, Span<byte> destination, int at)
    {
        if (message.After is { } after)
        {
            at = WriteAddress(after, destination, at);
        }

        foreach (IpPrefix prefix in message.Prefixes)
        {
            at = WriteAddress(prefix.Address, destination, at);
            destination[at++] = (byte)prefix.Length;
        }

        foreach (PeerEcho echo in message.Echoes)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[at..], echo.Incarnation);
            BinaryPrimitives.WriteUInt32BigEndian(destination[(at + 4)..], echo.Sequence);
            at += 8;
        }

        foreach (Claim claim in message.Claims)
        {
            at = WriteAddress(claim.Address, destination, at);
            BinaryPrimitives.WriteUInt32BigEndian(destination[at..], claim.Epoch | (claim.Yielded ? 0x8000_0000 : 0));
            at += 4;
        }

        return at;
    }

    private static int WriteAddress(IpAddr address, Span<byte> destination, int at)
    {
        destination[at] = (byte)address.Family;
        address.Write(destination[(at + 1)..]);
        return at + 1 + address.ByteLength;
    }
}
