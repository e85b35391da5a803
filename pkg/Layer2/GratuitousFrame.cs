// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>The intention to send one unasked announcement of an address from an interface.</summary>
public readonly record struct GratuitousFrame(GratuitousForm Form, IpAddr Address, InterfaceFacts Link)
{
    /// <summary>Octets the longest such frame needs.</summary>
    public const int MaxLength = NdMessage.MaxFrameLength;

    private static readonly MacAddr AllNodesMac = MacAddr.ForGroup(NdpResponder.AllNodes);

    /// <summary>The one frame that defends an address against a foreign claim (RFC 5227 2.4, RFC 4861 7.2.6).</summary>
    public static GratuitousFrame Defence(IpAddr address, InterfaceFacts link) =>
        new(address.IsIPv4 ? GratuitousForm.ArpRequest : GratuitousForm.NeighborAdvertisement, address, link);

    /// <summary>Writes the whole Ethernet frame; false when it does not fit or the interface cannot speak for the address.</summary>
    public bool TryWrite(Span<byte> destination, out int length)
    {
        length = 0;
        return Form switch
        {
            GratuitousForm.ArpRequest => TryWriteArp(ArpOperation.Request, destination, out length),
            GratuitousForm.ArpReply => TryWriteArp(ArpOperation.Reply, destination, out length),
            GratuitousForm.NeighborAdvertisement => TryWriteAdvertisement(destination, out length),
            _ => throw new UnreachableException(),
        };
    }

    private bool TryWriteArp(ArpOperation operation, Span<byte> destination, out int length) =>
        ArpPacket.Announcement(operation, Link.Mac, Address).TryWriteFrame(destination, MacAddr.Broadcast, Link.Mac, out length);

    private bool TryWriteAdvertisement(Span<byte> destination, out int length)
    {
        if (Link.LinkLocal is not { } source)
        {
            length = 0;
            return false;
        }

        NdMessage advertisement = new()
        {
            Type = NdType.NeighborAdvertisement,
            Source = source,
            Destination = NdpResponder.AllNodes,
            Target = Address,
            Flags = NdFlags.Override,
            LinkLayerAddress = Link.Mac,
        };
        return advertisement.TryWriteFrame(destination, AllNodesMac, Link.Mac, out length);
    }
}
