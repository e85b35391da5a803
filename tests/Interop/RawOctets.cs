// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.Interop;

/// <summary>Messages as octets, sound and unsound.</summary>
public static class RawOctets
{
    public const uint Asn = 64600;

    /// <summary>Identifier of the peer that says nothing else: lower than a node's.</summary>
    public const uint Identifier = 0xc0000201;

    /// <summary>What a sound peer says of itself; without a hold time it may be silent.</summary>
    public static SpeakerOpen Sound { get; } = new() { Asn = Asn, Identifier = Identifier, HoldSeconds = 0, Families = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast] };

    public static byte[] Keepalive => Message(MessageType.Keepalive, []);

    public static byte[] Open(SpeakerOpen open)
    {
        byte[] message = new byte[MessageFrame.MaxLength];
        Assert.True(open.TryWrite(message, out int length));
        return message[..length];
    }

    public static byte[] Refresh(AfiSafi family)
    {
        byte[] message = new byte[RouteRefreshMessage.Length];
        Assert.True(new RouteRefreshMessage(family, RefreshSubtype.Request).TryWrite(message, out _));
        return message;
    }

    /// <summary>An UPDATE that announces as many host routes as fit, from a first number on.</summary>
    public static (byte[] Message, int Prefixes) Routes(bool extendedMessages, uint first = 0, int most = int.MaxValue)
    {
        byte[] message = new byte[MessageFrame.MaxExtendedLength];
        byte[] block = new byte[64];
        Assert.True(new RouteAttributes { AsPath = [Asn] }.TryWrite(block, fourOctetAs: true, out int length));
        Assert.True(UpdatePacker.TryAnnounce(message, new UpdateFormat(extendedMessages, false), IpFamily.IPv4, block.AsSpan(0, length), new NextHop(IpAddr.Parse("192.0.2.9")), out UpdatePacker packer));
        int count = 0;
        while (count < most && packer.TryAdd(Host((uint)count + first)))
            count++;
        return (message[..packer.Complete()], count);
    }

    /// <summary>An UPDATE of attributes and IPv4 routes as they are given.</summary>
    public static byte[] Update(string attributes, string routes)
    {
        byte[] block = Convert.FromHexString(attributes.Replace(" ", "", StringComparison.Ordinal));
        byte[] lengths = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(lengths.AsSpan(2), (ushort)block.Length);
        return Message(MessageType.Update, [.. lengths, .. block, .. Convert.FromHexString(routes.Replace(" ", "", StringComparison.Ordinal))]);
    }

    public static byte[] Message(MessageType type, ReadOnlySpan<byte> body) => Framed((byte)type, (ushort)(MessageFrame.HeaderLength + body.Length), body);

    /// <summary>A header with any type and length, and what comes behind it.</summary>
    public static byte[] Framed(byte type, ushort length, ReadOnlySpan<byte> body)
    {
        byte[] message = new byte[MessageFrame.HeaderLength + body.Length];
        message.AsSpan(0, 16).Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), length);
        message[18] = type;
        body.CopyTo(message.AsSpan(MessageFrame.HeaderLength));
        return message;
    }

    // 100.64.0.0/10 holds four million hosts.
    private static IpPrefix Host(uint number) => IpPrefix.Parse(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"100.{64 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}/32"));
}
