// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>
/// Answers neighbour discovery for the announced IPv6 addresses and sees when somebody else claims one. Runs on the
/// receiving thread from an immutable table.
/// </summary>
public static class NdpResponder
{
    /// <summary>Octets an answer needs.</summary>
    public const int ReplyLength = NdMessage.MaxFrameLength;

    /// <summary>All nodes on the link, ff02::1 (RFC 4291 2.7.1).</summary>
    public static IpAddr AllNodes { get; } = IpAddr.Parse("ff02::1");

    private static readonly MacAddr AllNodesMac = MacAddr.ForGroup(AllNodes);

    /// <summary>Decides on one received frame; the answer, a whole frame, is written to <paramref name="reply"/>.</summary>
    public static ResponderDecision Decide(ReadOnlySpan<byte> frame, InterfaceFacts link, AnnouncementTable table, Span<byte> reply)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(table);
        DropReason reason = FrameGate.Open(frame, EtherType.IPv6, link, table, out EthernetHeader header);
        if (reason != DropReason.None)
        {
            return ResponderDecision.Drop(reason);
        }

        if (header.Destination != link.Mac && !header.Destination.IsMulticast)
        {
            return ResponderDecision.Drop(DropReason.EthernetDestination);
        }

        if (!NdMessage.TryRead(frame[EthernetHeader.Length..], out NdMessage message, out NdError error))
        {
            return ResponderDecision.Drop(ReasonOf(error));
        }

        // Without the option the frame's source is the asker: unicast probes and some stacks leave it out (RFC 4861 4.3).
        MacAddr sender = message.LinkLayerAddress ?? header.Source;
        if (FrameGate.IsOwn(sender, link, table))
        {
            return ResponderDecision.Drop(DropReason.OwnFrame, message.Target);
        }

        return message.Type switch
        {
            NdType.NeighborSolicitation => Solicited(message, sender, link, table, reply),
            NdType.NeighborAdvertisement => table.Announces(message.Target, link.Index)
                ? ResponderDecision.Claimed(new(message.Target, sender, link.Index))
                : ResponderDecision.Drop(DropReason.NeighborAdvertisement, message.Target),
            _ => throw new UnreachableException(),
        };
    }

    private static ResponderDecision Solicited(
        in NdMessage question, MacAddr sender, InterfaceFacts link, AnnouncementTable table, Span<byte> reply)
    {
        // Who sends from our address uses it; an answer would come back to ourselves.
        if (table.Announces(question.Source, link.Index))
        {
            return ResponderDecision.Claimed(new(question.Source, sender, link.Index));
        }

        DropReason reason = FrameGate.Speaks(table, question.Target, link.Index);
        reason = reason != DropReason.None ? reason
            : !FrameGate.IsUnicast(sender) ? DropReason.SenderHardwareAddress
            : link.LinkLocal is null ? DropReason.NoLinkLocalAddress
            : DropReason.None;
        if (reason != DropReason.None || link.LinkLocal is not { } source)
        {
            return ResponderDecision.Drop(reason, question.Target);
        }

        // RFC 4861 7.2.4: from :: (duplicate address detection) the answer goes to all nodes, not solicited.
        // Override is set as 7.2.4 asks of a node that is neither proxy nor anycast. An address moves between nodes, so
        // the asker may still hold the former owner's MAC; without Override it would keep that (7.2.5) until it expires.
        bool probe = question.IsDuplicateAddressProbe;
        NdMessage answer = new()
        {
            Type = NdType.NeighborAdvertisement,
            Source = source,
            Destination = probe ? AllNodes : question.Source,
            Target = question.Target,
            Flags = probe ? NdFlags.Override : NdFlags.Solicited | NdFlags.Override,
            LinkLayerAddress = link.Mac,
        };
        return answer.TryWriteFrame(reply, probe ? AllNodesMac : sender, link.Mac, out int length)
            ? ResponderDecision.Reply(question.Target, length)
            : ResponderDecision.Drop(DropReason.ReplyBuffer, question.Target);
    }

    private static DropReason ReasonOf(NdError error) => error switch
    {
        NdError.NotIcmpv6 or NdError.NotNeighborDiscovery => DropReason.OtherProtocol,
        NdError.ExtensionHeader => DropReason.NdExtensionHeader,
        NdError.HopLimit => DropReason.NdHopLimit,
        NdError.Checksum => DropReason.NdChecksum,
        NdError.Truncated or NdError.Version or NdError.PayloadLength or NdError.MappedAddress or NdError.Code
            or NdError.TargetMulticast or NdError.SourceMulticast or NdError.OptionLength or NdError.LinkLayerLength
            or NdError.UnspecifiedSource or NdError.SolicitedToGroup => DropReason.MalformedNd,
        NdError.None or _ => throw new UnreachableException(),
    };
}
