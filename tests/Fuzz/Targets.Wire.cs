// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Layer2;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Fuzz;

internal static partial class Targets
{
    private static readonly InterfaceFacts Eth0 = new(2, "eth0", MacAddr.Parse("02:00:00:00:00:01"), IpAddr.Parse("fe80::1"));
    private static readonly InterfaceFacts Eth1 = new(3, "eth1", MacAddr.Parse("02:00:00:00:00:02"), null);
    private static readonly IpAddr[] Services = [IpAddr.Parse("192.0.2.100"), IpAddr.Parse("192.0.2.10"), IpAddr.Parse("2001:db8::100")];

    private static readonly AnnouncementTable Table = AnnouncementTable.Create(
        [new(Services[0], InterfaceSet.All), new(Services[2], InterfaceSet.Of(2))], [Eth0.Mac, Eth1.Mac]);

    private static void Ethernet(ReadOnlySpan<byte> input)
    {
        bool read = EthernetHeader.TryRead(input, out EthernetHeader header, out EthernetError error);
        FuzzTarget.Require(read == (error == EthernetError.None), "an error goes with a refusal");
        byte[] written = new byte[EthernetHeader.Length];
        SpanWriter writer = new(written);
        FuzzTarget.Require(header.TryWrite(ref writer), "a header fits its length");
        FuzzTarget.Require(!read || input.StartsWith(written), "a header is written as read");
    }

    private static void Arp(ReadOnlySpan<byte> input)
    {
        bool read = ArpPacket.TryRead(input, out ArpPacket packet, out ArpError error);
        FuzzTarget.Require(read == (error == ArpError.None), "an error goes with a refusal");
        byte[] written = new byte[ArpPacket.Length];
        SpanWriter writer = new(written);
        FuzzTarget.Require(!read || (packet.TryWrite(ref writer) && input.StartsWith(written)), "a packet is written as read");
    }

    private static void IPv6(ReadOnlySpan<byte> input)
    {
        bool read = IPv6Header.TryRead(input, out IPv6Header header, out ReadOnlySpan<byte> payload, out IPv6Error error);
        FuzzTarget.Require(read == (error == IPv6Error.None), "an error goes with a refusal");
        byte[] written = new byte[IPv6Header.Length];
        SpanWriter writer = new(written);
        FuzzTarget.Require(
            !read || (header.TryWrite(ref writer) && input[4..].StartsWith(written.AsSpan(4)) && payload.Length == header.PayloadLength),
            "a header is written as read and the payload has its length");
    }

    private static void Nd(ReadOnlySpan<byte> input)
    {
        bool read = NdMessage.TryRead(input, out NdMessage message, out NdError error);
        FuzzTarget.Require(read == (error == NdError.None), "an error goes with a refusal");
        if (read)
        {
            SpanWriter writer = new(new byte[NdMessage.MaxFrameLength]);
            FuzzTarget.Require(message.TryWrite(ref writer), "a message that was read can be written");
            FuzzTarget.Require(
                NdMessage.TryRead(writer.Written, out NdMessage again, out _) && again == message with { Nonce = null },
                "a message reads as written");
        }
    }

    // A checksum keeps nearly every mutation from the options behind it; here length and checksum are put right first.
    private static void SealedNd(ReadOnlySpan<byte> input) => Nd(Seal(input.ToArray(), start: 0));

    private static byte[] Seal(byte[] octets, int start)
    {
        if (octets.Length >= start + IPv6Header.Length + NdMessage.FixedLength
            && IpAddr.TryRead(octets.AsSpan(start + 8, 16), out IpAddr source)
            && IpAddr.TryRead(octets.AsSpan(start + 24, 16), out IpAddr destination))
        {
            Span<byte> payload = octets.AsSpan(start + IPv6Header.Length);
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(start + 4), (ushort)payload.Length);
            payload.Slice(2, 2).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(
                payload[2..], InternetChecksum.ComputeIPv6(source, destination, IpProtocol.Icmpv6, payload));
        }

        return octets;
    }

    private static void ArpAnswer(ReadOnlySpan<byte> input)
    {
        byte[] reply = new byte[ArpResponder.ReplyLength];
        Check(ArpResponder.Decide(input, Eth0, Table, reply));
        Check(ArpResponder.Decide(input, Eth1, Table, reply));
    }

    private static void NdpAnswer(ReadOnlySpan<byte> input)
    {
        byte[] reply = new byte[NdpResponder.ReplyLength];
        byte[] whole = Seal(input.ToArray(), EthernetHeader.Length);
        Check(NdpResponder.Decide(input, Eth0, Table, reply));
        Check(NdpResponder.Decide(whole, Eth1, Table, reply));
        ResponderDecision decision = NdpResponder.Decide(whole, Eth0, Table, reply);
        Check(decision);
        FuzzTarget.Require(
            !decision.IsReply || NdMessage.TryRead(reply.AsSpan(EthernetHeader.Length, decision.ReplyLength - EthernetHeader.Length), out _, out _),
            "an answer is a valid message");
    }

    private static void Check(ResponderDecision decision)
    {
        FuzzTarget.Require(decision.IsReply == (decision.Reason == DropReason.None), "an answer or a reason, never both");
        FuzzTarget.Require((decision.Claim is not null) == (decision.Reason == DropReason.ForeignClaim), "a claim has its reason");
        FuzzTarget.Require(!decision.IsReply || Table.Announces(decision.Target, Eth0.Index), "only what is announced is answered");
    }

    /// <summary>Each octet is a step: what is announced, which interfaces there are, or time that passes.</summary>
    private static void Schedule(ReadOnlySpan<byte> input)
    {
        AnnouncementSchedule schedule = new(new AnnouncementOptions { FramesPerMillisecond = 4, RefreshInterval = TimeSpan.FromSeconds(7) });
        GratuitousFrame[] frames = new GratuitousFrame[16];
        List<Announcement> announced = [];
        List<InterfaceFacts> links = [];
        MonoTime now = new(0);
        foreach (byte step in input[..Math.Min(input.Length, 64)])
        {
            switch (step & 3)
            {
                case 0:
                    announced = Chosen(Services, step, address => new Announcement(address, (step & 64) == 0 ? InterfaceSet.All : InterfaceSet.Of(2)));
                    schedule.SetAnnouncements(announced);
                    break;
                case 1:
                    links = Chosen([Eth0, Eth1, Eth0 with { Mac = MacAddr.Parse("02:00:00:00:00:03") }], step, link => link);
                    schedule.SetLinks(links);
                    break;
                default:
                    now += TimeSpan.FromMilliseconds(step);
                    break;
            }

            int count = schedule.TakeDue(now, frames);
            FuzzTarget.Require(count <= 4, "the pace is kept");
            FuzzTarget.Require(schedule.NextDeadline > now, "what is due was taken");
            for (int i = 0; i < count; i++)
            {
                GratuitousFrame frame = frames[i];
                FuzzTarget.Require(links.Contains(frame.Link), "only interfaces there are announce");
                FuzzTarget.Require(
                    announced.Exists(one => one.Address == frame.Address && one.Interfaces.Contains(frame.Link.Index)), "only what is announced is sent");
                FuzzTarget.Require(frame.TryWrite(new byte[GratuitousFrame.MaxLength], out _), "every frame can be written");
            }
        }
    }

    private static List<TOut> Chosen<TIn, TOut>(TIn[] from, byte bits, Func<TIn, TOut> make)
    {
        List<TOut> chosen = [];
        for (int i = 0; i < from.Length; i++)
        {
            if ((bits & (4 << i)) != 0)
            {
                chosen.Add(make(from[i]));
            }
        }

        return chosen;
    }
}
