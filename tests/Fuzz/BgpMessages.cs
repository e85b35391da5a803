// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;

namespace LoadBalancer.Fuzz;

/// <summary>What a peer may say: whole messages, sound ones and ones with an error of every grade.</summary>
internal sealed class BgpMessages
{
    private const string Marker = "ffffffffffffffffffffffffffffffff";
    private const string Origin = "40010100";
    private const string Path = "4002060201" + "0000fc02";
    private const string LocalPref = "40050400000064";
    private const string Sound = Origin + Path + "400304c0000206" + LocalPref;
    private const string NextHop6 = "20010db8000000000000000000000006";
    private const uint PeerIdentifier = 0xc0000202;
    private const string Routes = "20c6336401" + "20c6336402" + "18c63365" + "00";

    private BgpMessages(uint asn)
    {
        SpeakerOpen open = new()
        {
            Asn = asn,
            Identifier = PeerIdentifier,
            Families = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast],
        };
        GracefulRestartTerms restart = new()
        {
            RestartSeconds = 120,
            NotificationPreserves = true,
            Families = [new(AfiSafi.IPv4Unicast, true), new(AfiSafi.IPv6Unicast, true)],
        };
        Opens =
        [
            Written(open),
            Written(open with { GracefulRestart = restart }),
            Written(open with { GracefulRestart = restart with { Restarting = true } }),
            Written(open with { GracefulRestart = restart with { Families = [new(AfiSafi.IPv4Unicast, false)] } }),
            Written(open with { GracefulRestart = restart, LongLivedGracefulRestart = [new(AfiSafi.IPv4Unicast, true, 600)] }),
            Written(open with { Identifier = 0xc0000101, HoldSeconds = 3, Families = [AfiSafi.IPv4Unicast] }),
            Written(open with { HoldSeconds = 0, ExtendedMessages = false, RouteRefresh = false }),
            Written(open with { AddPath = [new(AfiSafi.IPv4Unicast, AddPathMode.Both)], ExtendedNextHops = [ExtendedNextHopEntry.IPv4OverIPv6] }),
            Message(1, $"04{asn:x4}0009c000020200"),
        ];
        All =
        [
            .. Opens,
            Written(open with { Asn = 64999 }),
            Written(open with { Identifier = 0xc0000201 }),
            Message(1, $"03{asn:x4}005ac000020200"), Message(1, $"04{asn:x4}0002c000020200"), Message(1, $"04{asn:x4}005a0000000000"),
            Keepalive, .. Updates, .. Others,
        ];
    }

    public static byte[] Keepalive { get; } = Message(4, "");

    /// <summary>UPDATEs that are taken, if perhaps with a grade.</summary>
    public static byte[][] Updates { get; } =
    [
        Update("", Sound, Routes), Update("20c6336401", "", ""), Update("", "", ""), Update("", "800f03000201", ""),
        Update("18c63365", Sound, "20c6336403"), Update("", Reach("000201", "00"), ""),
        Update("", Reach("000201", "2020010db8"), ""), Update("", "800f08000201" + "2020010db8", ""),
        Update("", Sound, Many(700)), Update(Many(700), "", ""), Update("", Sound, "0000000120c6336401" + "0000000220c6336401"),
        Update("", Reach("000101", "20c6336409"), ""),
        Update("", "4001020000" + Path + "400304c0000206" + LocalPref, Routes), Update("", Sound + "40060100", Routes),
        Update("", Sound + "c00803000000", Routes), Update("", Origin + Path + LocalPref, Routes), Update("", Sound + "e0fa0401020304", Routes),
    ];

    // Longer than 4,096 octets, faulty beyond a grade, refreshes, ends.
    private static readonly byte[][] Others =
    [
        Update("", Sound, Many(2500)), Update("", Sound, "21c633640100"), Update("ff", "", ""), Update("", "800e05000201" + "8100", ""),
        Update("", Reach("000201", "8120010db8"), ""), Update("", Sound + Sound, Routes),
        Message(5, "00010001"), Message(5, "00020001"), Message(5, "00010101"), Message(5, "00010201"), Message(5, "00020101"), Message(5, "00020201"),
        Message(5, "00190041"), Message(5, "000100"), Message(5, "0001000100"), Message(5, "00010901"),
        Message(3, "060204" + "64726169"), Message(3, "0604"), Message(3, "0609" + "0604" + "03627965"), Message(3, "0607"), Message(3, "0201"),
        Message(3, "0202fc01"), Message(3, "0400"), Message(3, "0503"), Message(3, "0601" + "00010100000003"), Message(3, "06"), Message(3, "ffff"),
        Message(0, ""), Message(6, "00"), Message(255, ""), Message(4, "00"), Convert.FromHexString(Marker + "001204"), Convert.FromHexString(Marker + "ffff02"),
        Convert.FromHexString(Marker[..30] + "fe001304"),
    ];

    // After what they are made of: static members begin in order.
    public static BgpMessages OfExternal { get; } = new(64514);

    public static BgpMessages OfInternal { get; } = new(64513);

    /// <summary>OPENs that lead to a session.</summary>
    public byte[][] Opens { get; }

    public byte[][] All { get; }

    private static byte[] Written(SpeakerOpen open)
    {
        byte[] buffer = new byte[MessageFrame.MaxLength];
        FuzzTarget.Require(open.TryWrite(buffer, out int length), "an OPEN fits");
        return buffer[..length];
    }

    private static byte[] Message(byte type, string body)
    {
        byte[] message = Convert.FromHexString($"{Marker}0000{type:x2}{body}");
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), (ushort)message.Length);
        return message;
    }

    private static byte[] Update(string withdrawn, string attributes, string announced) =>
        Message(2, $"{withdrawn.Length / 2:x4}{withdrawn}{attributes.Length / 2:x4}{attributes}{announced}");

    private static string Reach(string family, string routes) =>
        $"800e{(family.Length + 2 + NextHop6.Length + 2 + routes.Length) / 2:x2}{family}10{NextHop6}00{routes}" + Origin + Path + LocalPref;

    private static string Many(int prefixes) => string.Concat(Enumerable.Range(0, prefixes).Select(i => $"206440{i:x4}"));
}
