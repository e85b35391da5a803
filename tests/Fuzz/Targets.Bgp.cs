// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.Fuzz;

internal static partial class Targets
{
    private const string Marker = "ffffffffffffffffffffffffffffffff";

    private const string BgpOpen =
        Marker + "00470104fc01005ac00002062a022801040001000101040002000141040000fc0102004600060040064078000101800506000100010002";

    private const string BgpOpenExtended =
        Marker + "00570104fc01005ac0000206ffff0037020034" + "0104000100014104fa56ea004508000101030002010147070001018001518049070568"
        + "6f737431004b030262310901034002c078";

    private const string BgpUpdate =
        Marker + "0046020000002a4001010040020602010000fc01400304c0000206c00804fc010064c0200c0000fc01000000010000000220c0000201";

    private const string BgpUpdateIPv6 =
        Marker + "005d0200000046800e360002012020010db8000000000000000000000006fe800000000000000000000000000001"
        + "008020010db80000000000000000000000014001010040020602010000fc01";

    private const string BgpUpdateTwoOctets =
        Marker + "0062020004" + "18c63364" + "0043" + "40010100" + "40020602025ba0fc01" + "400304c0000206" + "8004040000000a" + "40050400000064"
        + "c007065ba0c0000206" + "c0110a0202fa56ea000000fc01" + "c01208fa56ea00c0000206" + "18c00002";

    private static readonly string[] BgpSeeds =
    [
        BgpOpen, BgpOpenExtended, BgpUpdate, BgpUpdateIPv6, BgpUpdateTwoOctets,
        Marker + "00170200000000", Marker + "001d0200000006800f03000201", Marker + "001304", Marker + "00170500010001",
        Marker + "001a0306020464726169", Marker + "001c030601" + "00010100000003", Marker + "001b0306090604" + "03627965",
    ];

    private static IEnumerable<FuzzTarget> Bgp =>
    [
        FuzzTarget.Octets("bgp-stream", BgpStream, BgpSeeds),
        FuzzTarget.Octets("bgp-message", BgpMessage, BgpSeeds),
        FuzzTarget.Octets("bgp-open", BgpOpenBody, BgpOpen[38..], BgpOpenExtended[38..]),
        FuzzTarget.Octets("bgp-update", BgpUpdateBody, [.. BgpSeeds[2..7].Select(seed => seed[38..])]),
        FuzzTarget.Octets("bgp-notification", BgpNotificationBody, [.. BgpSeeds[9..].Select(seed => seed[38..])]),
    ];

    private static void BgpStream(ReadOnlySpan<byte> input)
    {
        bool extended = input.Length % 2 == 0;
        while (MessageFrame.TryRead(input, extended, out MessageFrame frame, out DecodeError error))
        {
            FuzzTarget.Require(frame.Message.Length is >= MessageFrame.HeaderLength and <= MessageFrame.MaxExtendedLength, "a message is bounded");
            BgpFrame(frame);
            input = input[frame.Message.Length..];
            FuzzTarget.Require(error.Fault == BgpFault.None, "a fault goes with a refusal");
        }
    }

    // Marker and length keep nearly every mutation from the body; here they are put right first.
    private static void BgpMessage(ReadOnlySpan<byte> input)
    {
        if (input.Length < MessageFrame.HeaderLength)
        {
            return;
        }

        byte[] message = input.ToArray();
        message.AsSpan(0, 16).Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), (ushort)message.Length);
        BgpStream(message);
    }

    private static void BgpFrame(MessageFrame frame)
    {
        switch (frame.Type)
        {
            case MessageType.Open:
                BgpOpenBody(frame.Body);
                break;
            case MessageType.Update:
                BgpUpdateBody(frame.Body);
                break;
            case MessageType.Notification:
                BgpNotificationBody(frame.Body);
                break;
            case MessageType.RouteRefresh:
                bool read = RouteRefreshMessage.TryRead(frame, enhancedRefresh: true, out _, out DecodeError error);
                BgpAnswer(read, error);
                break;
            case MessageType.Keepalive:
            default:
                break;
        }
    }

    private static void BgpOpenBody(ReadOnlySpan<byte> body)
    {
        bool read = OpenMessage.TryRead(body, out OpenMessage open, out DecodeError error);
        BgpAnswer(read, error);
        int octets = 0;
        foreach (Capability capability in open.Capabilities)
        {
            octets += 2 + capability.Value.Length;
            if (GracefulRestartCapability.TryRead(capability.Value, out GracefulRestartCapability restart))
            {
                _ = restart.Count == 0 || restart[restart.Count - 1].ForwardingPreserved;
            }

            if (FqdnCapability.TryRead(capability.Value, out FqdnCapability names))
            {
                BgpText(names.Host);
                BgpText(names.Domain);
            }
        }

        FuzzTarget.Require(octets <= body.Length, "capabilities lie in the message");
    }

    private static void BgpNotificationBody(ReadOnlySpan<byte> body)
    {
        if (NotificationMessage.TryRead(body, out NotificationMessage message))
        {
            BgpText(message.Describe());
            byte[] written = new byte[MessageFrame.MaxLength];
            FuzzTarget.Require(message.TryWrite(written, false, out int length), "any notification can be written");
            FuzzTarget.Require(length == MessageFrame.MaxLength || body.SequenceEqual(written.AsSpan(19, length - 19)), "it is written as read");
        }
    }

    private static void BgpText(string text) => FuzzTarget.Require(!text.Any(char.IsControl), "no peer writes into a terminal");

    private static void BgpUpdateBody(ReadOnlySpan<byte> body)
    {
        for (int kind = 0; kind < 8; kind++)
        {
            BgpUpdateAs(body, new()
            {
                IPv4Unicast = true,
                IPv6Unicast = kind != 7,
                FourOctetAs = (kind & 1) == 0,
                Internal = (kind & 2) != 0,
                AddPathIPv4 = (kind & 4) != 0,
                AddPathIPv6 = (kind & 4) != 0,
                IPv4OverIPv6 = (kind & 4) == 0,
                Confederation = kind == 3,
                DisableFamilies = kind == 5,
            });
        }
    }

    private static void BgpUpdateAs(ReadOnlySpan<byte> body, UpdateContext context)
    {
        bool read = UpdateMessage.TryRead(body, context, out UpdateMessage update, out DecodeError error);
        BgpAnswer(read, error);
        FuzzTarget.Require(read || update.Grade == ErrorGrade.None, "nothing is told of a message that is refused");
        FuzzTarget.Require(update.Grade == update.Fault.Grade() || update.Grade == ErrorGrade.DisableFamily, "the grade is that of the fault");
        FuzzTarget.Require(update.Grade < ErrorGrade.TreatAsWithdraw || update.Announced.IsEmpty, "a malformed message announces nothing");
        int octets = 0;
        foreach (PathAttribute attribute in update.Attributes)
        {
            octets += attribute.Octets.Length;
        }

        FuzzTarget.Require(octets <= body.Length, "attributes lie in the message");
        bool path = update.TryGetAsPath(new byte[3 * body.Length], out AsPath asPath);
        FuzzTarget.Require(update.Grade >= ErrorGrade.TreatAsWithdraw || update.Announced.IsEmpty || path, "announced routes have a path");
        FuzzTarget.Require(asPath.Hops >= 0 && update.Communities.Count >= 0 && update.LargeCommunities.Count >= 0, "attributes can be read");
        _ = update.Aggregator;
        BgpRepack(update.Announced, body.Length);
        BgpRepack(update.Withdrawn, body.Length);
    }

    // What a peer sent is packed again: the packer counts on what the reader has let through.
    private static void BgpRepack(RouteList routes, int bodyLength)
    {
        byte[] buffer = new byte[64];
        int count = 0;
        foreach (PathPrefix route in routes)
        {
            count++;
            FuzzTarget.Require(
                UpdatePacker.TryWithdraw(buffer, default, route.Prefix.Family, out UpdatePacker packer) && packer.TryAdd(route.Prefix), "a prefix fits");
            int length = packer.Complete();
            UpdateContext plain = new() { IPv4Unicast = true, IPv6Unicast = true };
            FuzzTarget.Require(UpdateMessage.TryRead(buffer.AsSpan(19, length - 19), plain, out UpdateMessage again, out _), "what is packed is read");
            RouteList.Enumerator only = again.Withdrawn.GetEnumerator();
            FuzzTarget.Require(only.MoveNext() && only.Current.Prefix == route.Prefix && !only.MoveNext(), "a prefix is packed as read");
            FuzzTarget.Require(route.Prefix.Last >= route.Prefix.Address, "a prefix has a last address");
        }

        FuzzTarget.Require(count <= bodyLength, "a prefix takes an octet at least");
    }

    private static void BgpAnswer(bool read, DecodeError error)
    {
        FuzzTarget.Require(read == (error.Fault == BgpFault.None), "a fault goes with a refusal");
        FuzzTarget.Require(read || error.Notification.Code is >= NotificationCode.MessageHeader and <= NotificationCode.RouteRefresh, "a refusal has its answer");
    }
}
