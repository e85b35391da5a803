// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace LoadBalancer.Vipd.Health;

/// <summary>
/// Sends an echo request (RFC 792, RFC 4443 4.1) by a datagram socket, where net.ipv4.ping_group_range allows it, and else by a
/// raw one. The reply is known by eight octets at random: identifiers are the kernel's with a datagram socket.
/// </summary>
internal sealed class PingProbe(ProbeDialer dialer) : IProbe
{
    private const int HeaderLength = 8;
    private const int CookieLength = 8;
    private const byte Request4 = 8;
    private const byte Request6 = 128;
    private const byte Reply4 = 0;
    private const byte Reply6 = 129;
    private const int LongestPacket = 128;

    public string Awaits => "an echo reply";

    public async Task<ProbeAnswer> AskAsync(CancellationToken limit)
    {
        bool v4 = dialer.Target.AddressFamily == AddressFamily.InterNetwork;
        byte[] request = Request(v4);
        using Socket socket = Open(v4 ? ProtocolType.Icmp : ProtocolType.IcmpV6);
        await socket.ConnectAsync(dialer.Target, limit);
        _ = await socket.SendAsync(request, limit);
        byte[] buffer = new byte[LongestPacket];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, limit);
            if (IsReply(buffer.AsSpan(0, length), request.AsSpan(HeaderLength), v4, v4 && socket.SocketType == SocketType.Raw))
            {
                return ProbeAnswer.Up("echo reply");
            }
        }
    }

    /// <summary>An echo request with its cookie.</summary>
    public static byte[] Request(bool v4)
    {
        byte[] packet = new byte[HeaderLength + CookieLength];
        packet[0] = v4 ? Request4 : Request6;
        RandomNumberGenerator.Fill(packet.AsSpan(4));
        if (v4)
        {
            // Of ICMPv6 the kernel reckons it: it has a pseudo-header.
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Checksum(packet));
        }

        return packet;
    }

    /// <summary>Whether a packet is the reply that bears the cookie; IPv4's raw sockets hand the IP header over, too.</summary>
    public static bool IsReply(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> cookie, bool v4, bool withIpHeader)
    {
        int skip = withIpHeader && packet.Length > 0 ? (packet[0] & 0xF) * 4 : 0;
        if (packet.Length < skip + HeaderLength + cookie.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> message = packet[skip..];
        return message[0] == (v4 ? Reply4 : Reply6) && message[1] == 0 && message.Slice(HeaderLength, cookie.Length).SequenceEqual(cookie);
    }

    // RFC 1071; the length is even.
    private static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        uint sum = 0;
        for (int i = 0; i < packet.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private Socket Open(ProtocolType protocol)
    {
        try
        {
            return dialer.Open(SocketType.Dgram, protocol);
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AccessDenied or SocketError.ProtocolNotSupported)
        {
            return dialer.Open(SocketType.Raw, protocol);
        }
    }
}
