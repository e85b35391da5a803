// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

/// <summary>Every bad message, to a master and to a backup: a reason, a count, and no timer touched.</summary>
[Trait("Rfc", "9568-7.1")]
public sealed class ReceiveTests
{
    private static readonly IpAddr OffSubnet = IpAddr.Parse("198.51.100.9");
    private static readonly IpAddr Global6 = IpAddr.Parse("2001:db8::9");
    private static readonly IpAddr[] Addresses6 = [IpAddr.Parse("fe80::100"), IpAddr.Parse("2001:db8::100")];

    /// <summary>A message that would end mastership and start a backup's timer again, were it not for one defect.</summary>
    private static readonly (string Name, VrrpDiscard Reason, VrrpParameters Parameters, Func<Bench, VrrpDiscard> Hear)[] Cases =
    [
        ("RX-02", VrrpDiscard.HopLimitTooLow, V3(), b => b.Hear(200, hopLimit: 254)),
        ("RX-03", VrrpDiscard.HopLimitTooLow, V3(), b => b.Hear(200, hopLimit: 1)),
        ("RX-04", VrrpDiscard.NotToGroup, V3(), b => b.Hear(200, to: Bench.Own)),
        ("RX-05", VrrpDiscard.HopLimitTooLow, Unicast(), b => b.Hear(200, hopLimit: 10, to: Bench.Own)),
        ("unicast by multicast", VrrpDiscard.NotToUs, Unicast(), b => b.Hear(200)),
        ("unicast unknown", VrrpDiscard.UnknownPeer, Unicast(), b => b.Hear(200, Bench.Higher, to: Bench.Own)),
        ("RX-10 v2", VrrpDiscard.WrongVersion, V3(), b => b.Hear(200, version: VrrpVersion.V2, centiseconds: 100)),
        ("RX-10 v3", VrrpDiscard.WrongVersion, V2(), b => b.Hear(200, version: VrrpVersion.V3)),
        ("RX-26", VrrpDiscard.BadSource, V3(), b => b.Hear(200, IpAddr.IPv4Any)),
        ("loopback", VrrpDiscard.BadSource, V3(), b => b.Hear(200, IpAddr.Parse("127.0.0.1"))),
        ("own source", VrrpDiscard.OwnSource, V3(), b => b.Hear(200, Bench.Own)),
        ("RX-27", VrrpDiscard.OffSubnet, V3(), b => b.Hear(200, OffSubnet)),
        ("RX-36", VrrpDiscard.AuthenticationTypeMismatch, V2("1111"), b => b.Hear(200)),
        ("type when none", VrrpDiscard.AuthenticationTypeMismatch, V2(), b => b.Hear(200, password: Password("1111"))),
        ("RX-37", VrrpDiscard.AuthenticationFailed, V2("1111"), b => b.Hear(200, password: Password("1112"))),
        ("RX-38", VrrpDiscard.AuthenticationFailed, V2("1111"), b => b.Hear(200, password: Password("1111\0abc"))),
        ("RX-40", VrrpDiscard.IntervalMismatch, V2(), b => b.Hear(200, centiseconds: 200)),
        ("R6-02", VrrpDiscard.HopLimitTooLow, V6(), b => b.Hear(200, hopLimit: 254)),
        ("R6-05", VrrpDiscard.SourceNotLinkLocal, V6(), b => b.Hear(200, Global6)),
        ("R6-10", VrrpDiscard.UnknownPeer, V6() with { Peers = [new UnicastPeer(Global6)] }, b => b.Hear(200, to: IpAddr.Parse("fe80::10"))),
        ("RX-09", VrrpDiscard.BadChecksum, V2(), b => Broken(b, 6, 0x55)),
        ("RX-12", VrrpDiscard.UnknownType, V3(), b => Broken(b, 0, 0x32)),
        ("RX-16", VrrpDiscard.LengthTooShort, V3(), b => Broken(b, 3, 2)),
    ];

    public static TheoryData<string, bool> Names
    {
        get
        {
            TheoryData<string, bool> names = [];
            foreach ((string name, _, _, _) in Cases)
            {
                names.Add(name, false);
                names.Add(name, true);
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Scenario", "RX-02")]
    [Trait("Scenario", "RX-03")]
    [Trait("Scenario", "RX-04")]
    [Trait("Scenario", "RX-05")]
    [Trait("Scenario", "RX-09")]
    [Trait("Scenario", "RX-10")]
    [Trait("Scenario", "RX-12")]
    [Trait("Scenario", "RX-16")]
    [Trait("Scenario", "RX-26")]
    [Trait("Scenario", "RX-27")]
    [Trait("Scenario", "RX-36")]
    [Trait("Scenario", "RX-37")]
    [Trait("Scenario", "RX-38")]
    [Trait("Scenario", "RX-40")]
    [Trait("Scenario", "R6-02")]
    [Trait("Scenario", "R6-05")]
    [Trait("Scenario", "R6-10")]
    public void Bad_Message_TouchesNoTimerAndSaysWhy(string name, bool master)
    {
        (_, VrrpDiscard reason, VrrpParameters parameters, Func<Bench, VrrpDiscard> hear) = Cases.Single(one => one.Name == name);
        Bench bench = new Bench(parameters).In(master ? VrrpState.Master : VrrpState.Backup);
        // A master is past its announcements, so that its next deadline is the advertisement.
        bench.RunFor(TimeSpan.FromMilliseconds(master ? 10_037 : 37));
        (MonoTime deadline, VrrpState state) = (bench.Instance.NextDeadline, bench.State);
        bench.Seen.Clear();
        Assert.Equal(reason, hear(bench));
        Assert.Equal((deadline, state), (bench.Instance.NextDeadline, bench.State));
        Assert.Empty(bench.Seen.Log);
        Assert.Equal(0, bench.Instance.Counters.Received);
    }

    [Fact]
    [Trait("Scenario", "RX-45")]
    public void Master_FloodOfBadMessages_KeepsItsCadence()
    {
        Bench bench = new Bench(Bench.Parameters() with { Interval = TimeSpan.FromSeconds(1) }).In(VrrpState.Master);
        long before = bench.Instance.Counters.Sent;
        for (int i = 0; i < 16; i++)
        {
            bench.RunFor(TimeSpan.FromMilliseconds(500));
            Assert.Equal(VrrpDiscard.HopLimitTooLow, bench.Hear(200, hopLimit: 1));
        }

        Assert.Equal(8, bench.Instance.Counters.Sent - before);
        Assert.Equal(16, bench.Instance.Discarded(VrrpDiscard.HopLimitTooLow));
    }

    [Fact]
    [Trait("Scenario", "RX-46")]
    public void Backup_FloodOfBadMessages_TakesOverInTime()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(200);
        MonoTime due = bench.Instance.NextDeadline;
        while (bench.Now + TimeSpan.FromMilliseconds(1) < due)
        {
            bench.RunFor(TimeSpan.FromMilliseconds(1));
            bench.Hear(200, hopLimit: 1);
        }

        Assert.Equal(due, bench.Instance.NextDeadline);
        Assert.Equal(VrrpState.Master, bench.AtDeadline().State);
    }

    [Theory]
    [InlineData(VrrpDiscard.OffSubnet)]
    [InlineData(VrrpDiscard.UnknownPeer)]
    [Trait("Scenario", "RX-27")]
    public void Policy_ThatAllowsIt_TakesIt(VrrpDiscard otherwise)
    {
        VrrpPolicy policy = new() { AcceptOffSubnet = true, AcceptUnknownPeers = true };
        (_, _, VrrpParameters parameters, Func<Bench, VrrpDiscard> hear) = Cases.First(one => one.Reason == otherwise);
        parameters = parameters with { Policy = policy };
        Bench bench = new Bench(parameters).In(VrrpState.Master);
        Assert.Equal(VrrpDiscard.None, hear(bench));
        Assert.Equal(VrrpState.Backup, bench.State);
    }

    [Fact]
    [Trait("Scenario", "RX-41")]
    public void Password_Right_IsTaken()
    {
        Bench bench = new Bench(V2("1111")).In(VrrpState.Master);
        Assert.Equal(VrrpDiscard.None, bench.Hear(200, password: Password("1111")));
        Assert.Equal(VrrpState.Backup, bench.State);
    }

    [Fact]
    [Trait("Scenario", "RX-05")]
    [Trait("Scenario", "TX-05")]
    [Trait("Scenario", "MIX-11")]
    public void Unicast_Master_SendsToEachPeerWithAChecksumForIt()
    {
        UnicastPeer[] peers = [new(Bench.Lower), new(Bench.Higher, 250)];
        Bench bench = new Bench(Unicast() with { Peers = peers }).In(VrrpState.Master);
        bench.AtDeadline();
        Assert.Equal(["send 100 to 192.0.2.9", "send 100 to 192.0.2.11"], bench.Seen.Log.Take(2));
        Assert.NotEqual(bench.Seen.Sent[0].Octets, bench.Seen.Sent[1].Octets);
        Assert.Equal(VrrpDiscard.None, bench.Hear(50, Bench.Higher, hopLimit: 250, to: Bench.Own));
        Assert.Equal(VrrpDiscard.HopLimitTooLow, bench.Hear(50, Bench.Higher, hopLimit: 249, to: Bench.Own));
    }

    [Fact]
    [Trait("Scenario", "STM-38")]
    public void Owner_ToldToIgnore_Ignores()
    {
        VrrpPolicy policy = new() { OwnerIgnoresAdvertisements = true };
        Bench bench = new Bench(V3() with { Priority = 255, Policy = policy }).In(VrrpState.Master);
        Assert.Equal(VrrpDiscard.OwnerIgnores, bench.Hear(255, Bench.Higher));
        Assert.Equal(VrrpState.Master, bench.State);
    }

    private static VrrpDiscard Broken(Bench bench, int at, byte octet)
    {
        byte[] octets = bench.Message(200, Bench.Lower);
        octets[at] = octet;
        return bench.HearOctets(octets, Bench.Lower);
    }

    private static VrrpParameters V3() => Bench.Parameters();

    private static VrrpParameters V2(string? password = null) =>
        Bench.Parameters(version: VrrpVersion.V2) with { Password = password is null ? null : Password(password) };

    private static VrrpParameters V6() => Bench.Parameters() with
    {
        Family = IpFamily.IPv6,
        Addresses = Addresses6,
    };

    private static VrrpParameters Unicast() => Bench.Parameters() with { Peers = [new UnicastPeer(Bench.Lower)] };

    private static VrrpPassword Password(string text)
    {
        Assert.True(VrrpPassword.TryCreate(text, out VrrpPassword password));
        return password;
    }
}
