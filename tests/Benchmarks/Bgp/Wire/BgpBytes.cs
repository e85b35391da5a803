// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.Benchmarks.Bgp.Wire;

/// <summary>The messages of the peers that the benchmark plays itself.</summary>
internal static class BgpBytes
{
    internal const byte Update = 2;
    internal const byte Keepalive = 4;
    internal const int HeaderLength = MessageFrame.HeaderLength;

    /// <summary>Octets of the End-of-RIB of IPv4 unicast (RFC 4724, section 2): an UPDATE of nothing.</summary>
    internal const int EndOfRibLength = HeaderLength + 4;

    internal static byte[] KeepaliveMessage { get; } = Keep();

    internal static byte[] Open(int asn, IPAddress identifier, ushort hold)
    {
        var buffer = new byte[MessageFrame.MaxLength];
        // Messages of 4,096 octets, which every peer here takes: longer ones would compare the capability, not the work.
        var open = new SpeakerOpen { Asn = (uint)asn, Identifier = Number(identifier), HoldSeconds = hold, ExtendedMessages = false };
        return open.TryWrite(buffer, out var length) ? buffer[..length] : throw new InvalidOperationException("The OPEN does not fit.");
    }

    /// <summary>All prefixes in as few messages as they fit in and End-of-RIB, which costs a router a walk over them, ready to be sent.</summary>
    internal static byte[] Packed(int asn, IPAddress nextHop, int count)
    {
        const int MostOctetsEach = 6;
        var block = new byte[256];
        new RouteAttributes { AsPath = [(uint)asn], Med = 0 }.TryWrite(block, fourOctetAs: true, out var blockLength);
        var prefixes = new IpPrefix[count];
        for (var i = 0; i < count; i++)
            prefixes[i] = BenchRoutes.Prefix(i);
        var stream = new byte[(count * MostOctetsEach) + (2 * MessageFrame.MaxLength)];
        var at = 0;
        for (var next = 0; next < count;)
        {
            UpdatePacker.TryAnnounce(
                stream.AsSpan(at), new UpdateFormat(ExtendedMessages: false, AddPath: false), IpFamily.IPv4, block.AsSpan(0, blockLength),
                new NextHop(IpAddr.Parse(nextHop.ToString())), out var packer);
            next += packer.Add(prefixes.AsSpan(next));
            at += packer.Complete();
        }

        EndOfRib.TryWrite(AfiSafi.IPv4Unicast, stream.AsSpan(at), out var end);
        return stream[..(at + end)];
    }

    private static uint Number(IPAddress address)
    {
        var octets = address.GetAddressBytes();
        return (uint)(octets[0] << 24 | octets[1] << 16 | octets[2] << 8 | octets[3]);
    }

    private static byte[] Keep()
    {
        var buffer = new byte[HeaderLength];
        LoadBalancer.BgpNet.Messages.KeepaliveMessage.TryWrite(buffer, out _);
        return buffer;
    }
}
