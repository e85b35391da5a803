// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

/// <summary>Whole frames for the wire.</summary>
internal static class Frames
{
    public static byte[] ArpRequest(MacAddr to, MacAddr from, string target)
    {
        byte[] frame = new byte[ArpPacket.FrameLength];
        ArpPacket packet = new(ArpOperation.Request, from, IpAddr.Parse("192.0.2.2"), default, IpAddr.Parse(target));
        Assert.True(packet.TryWriteFrame(frame, to, from, out _));
        return frame;
    }

    public static byte[] Solicitation(MacAddr to, MacAddr from, string target = "2001:db8::1")
    {
        byte[] frame = new byte[NdMessage.MaxFrameLength];
        NdMessage message = new()
        {
            Type = NdType.NeighborSolicitation,
            Source = IpAddr.Parse("fe80::2"),
            Destination = IpAddr.Parse(target).SolicitedNodeGroup,
            Target = IpAddr.Parse(target),
            LinkLayerAddress = from,
        };
        Assert.True(message.TryWriteFrame(frame, to, from, out int length));
        return frame[..length];
    }

    /// <summary>A copy with an IEEE 802.1Q tag between the addresses and the type.</summary>
    public static byte[] Tagged(byte[] frame, byte vlan) => [.. frame[..12], 0x81, 0x00, 0x00, vlan, .. frame[12..]];

    public static byte[] With(byte[] frame, int offset, byte value)
    {
        byte[] copy = [.. frame];
        copy[offset] = value;
        return copy;
    }
}
