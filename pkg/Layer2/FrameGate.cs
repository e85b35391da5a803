// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>What both responders ask of a frame and of an asked-for address.</summary>
internal static class FrameGate
{
    public static DropReason Open(
        ReadOnlySpan<byte> frame, EtherType expected, InterfaceFacts link, AnnouncementTable table, out EthernetHeader header)
    {
        if (!EthernetHeader.TryRead(frame, out header, out EthernetError error))
        {
            return error switch
            {
                EthernetError.Truncated or EthernetError.NotEthernet2 => DropReason.MalformedEthernet,
                EthernetError.VlanTagged => DropReason.VlanTagged,
                EthernetError.None or _ => throw new UnreachableException(),
            };
        }

        return header.EtherType != expected ? DropReason.OtherProtocol
            : IsOwn(header.Source, link, table) ? DropReason.OwnFrame
            : DropReason.None;
    }

    public static bool IsOwn(MacAddr mac, InterfaceFacts link, AnnouncementTable table) => mac == link.Mac || table.IsOwn(mac);

    public static bool IsUnicast(MacAddr mac) => !mac.IsZero && !mac.IsMulticast;

    public static DropReason Speaks(AnnouncementTable table, IpAddr address, int interfaceIndex)
    {
        InterfaceSet interfaces = table.InterfacesOf(address);
        return interfaces.Contains(interfaceIndex) ? DropReason.None
            : ReferenceEquals(interfaces, InterfaceSet.None) ? DropReason.NotAnnounced
            : DropReason.OtherInterface;
    }
}
