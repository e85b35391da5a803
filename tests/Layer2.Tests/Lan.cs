// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2.Tests;

/// <summary>The segment all tests play on: a node with two interfaces, a client, a stranger, two service addresses.</summary>
internal static class Lan
{
    public static readonly MacAddr ClientMac = MacAddr.Parse("02:00:00:00:00:0a");
    public static readonly MacAddr StrangerMac = MacAddr.Parse("02:00:00:00:00:bb");
    public static readonly IpAddr Client = IpAddr.Parse("192.0.2.10");
    public static readonly IpAddr Service = IpAddr.Parse("192.0.2.100");
    public static readonly IpAddr Client6 = IpAddr.Parse("2001:db8::a");
    public static readonly IpAddr Service6 = IpAddr.Parse("2001:db8::100");
    public static readonly IpAddr AllNodes = IpAddr.Parse("ff02::1");

    public static readonly InterfaceFacts Eth0 = new(2, "eth0", MacAddr.Parse("02:00:00:00:00:01"), IpAddr.Parse("fe80::1"));
    public static readonly InterfaceFacts Eth1 = new(3, "eth1", MacAddr.Parse("02:00:00:00:00:02"), IpAddr.Parse("fe80::2"));

    public static AnnouncementTable Table(params Announcement[] announcements) =>
        AnnouncementTable.Create(announcements, [Eth0.Mac, Eth1.Mac]);

    public static AnnouncementTable OnEth0 { get; } =
        Table(new(Service, InterfaceSet.Of(Eth0.Index)), new(Service6, InterfaceSet.Of(Eth0.Index)));

    public static ArpPacket Question { get; } = new(ArpOperation.Request, ClientMac, Client, default, Service);

    public static NdMessage Question6 { get; } = new()
    {
        Type = NdType.NeighborSolicitation,
        Source = Client6,
        Destination = Service6.SolicitedNodeGroup,
        Target = Service6,
        LinkLayerAddress = ClientMac,
    };

    public static byte[] Frame(this ArpPacket packet, MacAddr to)
    {
        byte[] frame = new byte[ArpPacket.FrameLength];
        Assert.True(packet.TryWriteFrame(frame, to, packet.SenderMac, out _));
        return frame;
    }

    public static byte[] Frame(this NdMessage message, MacAddr? to = null, MacAddr? from = null)
    {
        byte[] frame = new byte[NdMessage.MaxFrameLength];
        Assert.True(message.TryWriteFrame(
            frame, to ?? MacAddr.ForGroup(message.Destination), from ?? message.LinkLayerAddress ?? ClientMac, out int length));
        return frame[..length];
    }
}
