// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>
/// Answers ARP for the announced IPv4 addresses and sees when somebody else claims one. Runs on the receiving thread
/// from an immutable table.
/// </summary>
public static class ArpResponder
{
    /// <summary>Octets an answer needs.</summary>
    public const int ReplyLength = ArpPacket.FrameLength;

    /// <summary>Decides on one received frame; the answer, a whole frame, is written to <paramref name="reply"/>.</summary>
    public static ResponderDecision Decide(ReadOnlySpan<byte> frame, InterfaceFacts link, AnnouncementTable table, Span<byte> reply)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(table);
        DropReason reason = FrameGate.Open(frame, EtherType.Arp, link, table, out EthernetHeader header);
        if (reason != DropReason.None)
        {
            return ResponderDecision.Drop(reason);
        }

        // A request to another node's MAC is that node's to answer (scenario of a switch that floods).
        if (header.Destination != link.Mac && header.Destination != MacAddr.Broadcast)
        {
            return ResponderDecision.Drop(DropReason.EthernetDestination);
        }

        if (!ArpPacket.TryRead(frame[EthernetHeader.Length..], out ArpPacket packet, out _))
        {
            return ResponderDecision.Drop(DropReason.MalformedArp);
        }

        if (FrameGate.IsOwn(packet.SenderMac, link, table))
        {
            return ResponderDecision.Drop(DropReason.OwnFrame, packet.TargetAddress);
        }

        // RFC 5227 2.4: any ARP packet whose sender address is ours and whose sender hardware address is not, request
        // or reply, is a conflict. It gets no unicast answer: defence is an announcement, at its own pace.
        if (table.Announces(packet.SenderAddress, link.Index))
        {
            return ResponderDecision.Claimed(new(packet.SenderAddress, packet.SenderMac, link.Index));
        }

        return packet.Operation == ArpOperation.Reply ? ResponderDecision.Drop(DropReason.ArpReply, packet.TargetAddress)
            : packet.IsGratuitous ? ResponderDecision.Drop(DropReason.GratuitousArp, packet.TargetAddress)
            : Answer(packet, link, table, reply);
    }

    // A probe (RFC 5227 2.1.1) is answered like a question: the answer tells the prober that the address is taken.
    private static ResponderDecision Answer(in ArpPacket request, InterfaceFacts link, AnnouncementTable table, Span<byte> reply)
    {
        DropReason reason = FrameGate.Speaks(table, request.TargetAddress, link.Index);
        if (reason != DropReason.None)
        {
            return ResponderDecision.Drop(reason, request.TargetAddress);
        }

        if (!FrameGate.IsUnicast(request.SenderMac))
        {
            return ResponderDecision.Drop(DropReason.SenderHardwareAddress, request.TargetAddress);
        }

        ArpPacket answer = new(ArpOperation.Reply, link.Mac, request.TargetAddress, request.SenderMac, request.SenderAddress);
        return answer.TryWriteFrame(reply, request.SenderMac, link.Mac, out int length)
            ? ResponderDecision.Reply(request.TargetAddress, length)
            : ResponderDecision.Drop(DropReason.ReplyBuffer, request.TargetAddress);
    }
}
