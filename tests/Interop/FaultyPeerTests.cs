// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>
/// Routers that break the protocol, each in its own way and all at once, beside a real one: each gets the exact answer, and
/// the real one notices nothing.
/// </summary>
[Collection(FaultCollection.Name)]
public sealed class FaultyPeerTests(BgpWorld world)
{
    private const int FirstPort = 1790;

    // ORIGIN IGP; AS_PATH of one; NEXT_HOP 192.0.2.9.
    private const string Path = "40 01 01 00  40 02 06 02 01 00 00 fc 58";
    private const string NextHop = "40 03 04 c0 00 02 09";
    private const string Host = "20 64 40 00 01";

    private LabHost First => world.Network.Nodes[0];

    [Fact]
    [Trait("Scenario", "C008")]
    [Trait("Scenario", "C010")]
    [Trait("Scenario", "C013")]
    [Trait("Scenario", "C014")]
    [Trait("Scenario", "C016")]
    [Trait("Scenario", "C018")]
    [Trait("Scenario", "C030")]
    [Trait("Scenario", "C038")]
    [Trait("Scenario", "C069")]
    [Trait("Scenario", "F07")]
    [Trait("Scenario", "F09")]
    [Trait("Scenario", "F45")]
    [Trait("Scenario", "X14")]
    [Trait("Scenario", "S36")]
    public async Task Peers_ThatBreakTheProtocol_GetTheExactAnswerAndHarmNobody()
    {
        (string Name, Func<RawConnection, Task<string>> Do, string Answer)[] cases =
        [
            ("another AS", c => OpenedAsync(c, RawOctets.Open(RawOctets.Sound with { Asn = 64999 })), "2/2"),
            ("version 3", c => OpenedAsync(c, Changed(RawOctets.Open(RawOctets.Sound), 19, 3)), "2/1 0004"),
            ("no identifier", c => OpenedAsync(c, RawOctets.Open(RawOctets.Sound with { Identifier = 0 })), "2/3 00000000"),
            ("hold time of 2 s", c => OpenedAsync(c, RawOctets.Open(RawOctets.Sound with { HoldSeconds = 2 })), "2/6 0002"),
            ("a capability past its parameter", c => OpenedAsync(c, Changed(RawOctets.Open(RawOctets.Sound), 32, 99)), "2/0"),
            ("KEEPALIVE before OPEN", c => OpenedAsync(c, RawOctets.Keepalive), "5/1 04"),
            ("UPDATE in OpenConfirm", c => OpenedAsync(c, [.. RawOctets.Open(RawOctets.Sound), .. RawOctets.Routes(false, most: 1).Message]), "5/2 02"),
            ("a marker not of ones", c => OpenedAsync(c, Changed(RawOctets.Open(RawOctets.Sound), 7, 0xfe)), "1/1"),
            ("a length below the header", c => OpenedAsync(c, RawOctets.Framed(1, 18, [])), "1/2 0012"),
            ("a type that is none", c => OpenedAsync(c, RawOctets.Framed(9, 19, [])), "1/3 09"),
            ("OPEN again", c => EstablishedAsync(c, RawOctets.Open(RawOctets.Sound)), "5/3 01"),
            ("KEEPALIVE with a body", c => EstablishedAsync(c, RawOctets.Message(MessageType.Keepalive, [0])), "1/2 0014"),
            ("4,097 octets unasked", c => EstablishedAsync(c, RawOctets.Framed(2, 4097, []), RawOctets.Sound with { ExtendedMessages = false }), "1/2 1001"),
            ("withdrawn routes past the message", c => EstablishedAsync(c, RawOctets.Message(MessageType.Update, [0xff, 0xff, 0, 0])), "3/1"),
            ("attributes past the message", c => EstablishedAsync(c, RawOctets.Message(MessageType.Update, [0, 0, 0, 9])), "3/1"),
            ("a prefix of 33 bits", c => EstablishedAsync(c, RawOctets.Update(Path + NextHop, "21 64 40 00 01 00")), "3/10"),
            ("MP_REACH_NLRI with half a next hop", c => EstablishedAsync(c, RawOctets.Update(Path + "80 0e 0f 0002 01 05 2001 0db8 00 00 20 20010db8", "")), "3/9 800e0f0002010520010db800002020010db8"),
            ("MP_REACH_NLRI twice", c => EstablishedAsync(c, RawOctets.Update(Path + Twice("80 0e 1a 0002 01 10 20010db8000000010000000000000009 00 20 20010db8"), "")), "3/1"),
            ("an error and no route to withdraw", c => EstablishedAsync(c, RawOctets.Update("40 01 01 07", "")), "3/1"),
        ];
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilUpAsync();
        int[] marks = scene.Marks();

        string?[] wrong = await Task.WhenAll(cases.Select(async (@case, i) =>
        {
            using RawPeer peer = new(world.Network.Client, FirstPort + i);
            await scene.RawPeerAsync(peer, First, Named(i));
            using RawConnection connection = await peer.AcceptAsync();
            string answer = await @case.Do(connection);
            return answer == @case.Answer ? null : $"{@case.Name}: {answer}, not {@case.Answer}";
        }));

        Assert.Empty(wrong.OfType<string>());
        scene.AssertUndisturbed(marks);
    }

    [Fact]
    [Trait("Scenario", "C011")]
    [Trait("Scenario", "C043")]
    [Trait("Scenario", "C056")]
    [Trait("Scenario", "C072")]
    [Trait("Scenario", "C073")]
    [Trait("Scenario", "X14")]
    public async Task Peers_WithFaultsThatSpareTheSession_KeepItAndLoseNoMoreThanTheFaultCosts()
    {
        (byte[] full, int inFull) = RawOctets.Routes(extendedMessages: false);
        (byte[] huge, int inHuge) = RawOctets.Routes(extendedMessages: true);
        Assert.InRange(full.Length, 4092, 4096);
        Assert.InRange(huge.Length, 65531, 65535);
        byte[] sound = RawOctets.Update(Path + NextHop, Host);
        (string Name, byte[] Octets, int Prefixes, string? Fault)[] cases =
        [
            ("ORIGIN 7", RawOctets.Update("40 01 01 07  40 02 06 02 01 00 00 fc 58" + NextHop, Host), 0, "Origin"),
            ("ORIGIN optional", RawOctets.Update("c0 01 01 00  40 02 06 02 01 00 00 fc 58" + NextHop, Host), 0, "AttributeFlags"),
            ("no NEXT_HOP", RawOctets.Update(Path, Host), 0, "MissingNextHop"),
            ("AS_PATH past its end", RawOctets.Update("40 01 01 00  40 02 06 02 09 00 00 fc 58" + NextHop, Host), 0, "AsPathSegment"),
            ("an attribute past the attributes", RawOctets.Update(Path + NextHop + "c0 08 ff", Host), 0, "AttributeOverrun"),
            ("communities of 3 octets", RawOctets.Update(Path + NextHop + "c0 08 03 00 00 00", Host), 0, "Communities"),
            ("AGGREGATOR of 3 octets", RawOctets.Update(Path + NextHop + "c0 07 03 00 00 00", Host), 1, "Aggregator"),
            ("ATOMIC_AGGREGATE of 1 octet", RawOctets.Update(Path + NextHop + "40 06 01 00", Host), 1, "AtomicAggregate"),
            ("MED twice", RawOctets.Update(Path + NextHop + Twice("80 04 04 00 00 00 01"), Host), 1, "DuplicateAttribute"),
            ("a family nobody agreed on", RawOctets.Update(Path + NextHop + "80 0e 05 4004 48 00 00", Host), 1, "FamilyNotNegotiated"),
            ("an unknown attribute", RawOctets.Update(Path + NextHop + "c0 fa 02 00 00", Host), 1, null),
            ("a message of 4,096 octets", full, inFull, null),
            ("a message of 65,535 octets", huge, inHuge, null),
        ];
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Bird, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilUpAsync();
        int[] marks = scene.Marks();

        await Task.WhenAll(cases.Select(async (@case, i) =>
        {
            using RawPeer peer = new(world.Network.Client, FirstPort + i);
            await scene.RawPeerAsync(peer, First, Named(i));
            using RawConnection connection = await peer.AcceptAsync();
            await connection.EstablishAsync(RawOctets.Sound);
            await connection.SendAsync(sound);
            await UntilCountedAsync(scene, i, 1, "a sound UPDATE");
            await connection.SendAsync(@case.Octets);
            await connection.ProveAliveAsync();
            await UntilCountedAsync(scene, i, @case.Prefixes, @case.Name);
            if (@case.Fault is { } fault)
                await scene.UntilLoggedAsync(First, marks[0], $"{scene.NameOf(Named(i))}: UpdateFaulty ", $" {fault} ");
        }));

        Assert.Equal(cases.Count(static c => c.Fault is not null), world.Logged(First, marks[0]).Count(static l => l.Contains("UpdateFaulty", StringComparison.Ordinal)));
        scene.AssertUndisturbed(marks);
    }

    private Task UntilCountedAsync(Scene scene, int number, int prefixes, string of) => scene.UntilSessionAsync(
        Named(number), First, $"has {prefixes} prefixes after {of}", s => (string?)s["state"] == "Established" && (int?)s["prefixesReceived"] == prefixes);

    private static string Named(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"raw{number}");

    private static string Twice(string attribute) => attribute + attribute;

    private static byte[] Changed(byte[] message, int at, byte value)
    {
        message[at] = value;
        return message;
    }

    private static async Task<string> OpenedAsync(RawConnection connection, byte[] octets)
    {
        _ = await connection.ReadAsync(MessageType.Open);
        await connection.SendAsync(octets);
        return await connection.ReadEndAsync();
    }

    private static async Task<string> EstablishedAsync(RawConnection connection, byte[] octets, SpeakerOpen? open = null)
    {
        await connection.EstablishAsync(open ?? RawOctets.Sound);
        await connection.SendAsync(octets);
        return await connection.ReadEndAsync();
    }
}
