// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

public sealed class MismatchTests
{
    private static readonly IpAddr Second = IpAddr.Parse("192.0.2.101");

    [Fact]
    [Trait("Scenario", "MIX-28")]
    public void Addresses_Differ_IsToldOnceAndTheMessageTaken()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        Assert.Equal(VrrpDiscard.None, bench.Hear(200, addresses: [Bench.Virtual, Second]));
        Assert.Equal([VrrpMismatch.Addresses], bench.Seen.Mismatches());
        bench.Hear(200, addresses: [Bench.Virtual, Second]);
        Assert.Empty(bench.Seen.Mismatches());
        VrrpPeer peer = bench.Instance.Peers[0];
        Assert.Equal((AddressAgreement.Overlap, true), (peer.Agreement, peer.Disagrees(VrrpMismatch.Addresses)));
        bench.Hear(200);
        Assert.False(bench.Instance.Peers[0].Disagrees(VrrpMismatch.Addresses));
    }

    [Theory]
    [InlineData("192.0.2.100 192.0.2.101", "192.0.2.100", VrrpMismatch.Addresses)]
    [InlineData("192.0.2.100", "192.0.2.100 192.0.2.101", VrrpMismatch.Addresses)]
    [InlineData("192.0.2.100 192.0.2.101", "192.0.2.101 192.0.2.102", VrrpMismatch.Addresses)]
    [InlineData("192.0.2.100", "192.0.2.101", VrrpMismatch.ForeignRouter)]
    [InlineData("fe80::100 2001:db8::100", "fe80::100", VrrpMismatch.Addresses)]
    [InlineData("fe80::100", "fe80::100 2001:db8::100", VrrpMismatch.Addresses)]
    [InlineData("fe80::100", "fe80::200", VrrpMismatch.ForeignRouter)]
    [Trait("Scenario", "RX-19")]
    [Trait("Scenario", "RX-21")]
    [Trait("Scenario", "R6-08")]
    public void Addresses_MoreFewerOrOthers_AreToldAndTheMasterBelieved(string ours, string theirs, VrrpMismatch told)
    {
        IpAddr[] own = [.. ours.Split(' ').Select(IpAddr.Parse)];
        Bench bench = new Bench(Bench.Parameters() with { Family = own[0].Family, Addresses = own }).In(VrrpState.Master);
        Assert.Equal(VrrpDiscard.None, bench.Hear(200, addresses: [.. theirs.Split(' ').Select(IpAddr.Parse)]));
        Assert.Equal([told], bench.Seen.Mismatches());
        Assert.Equal(VrrpState.Backup, bench.State);
    }

    [Fact]
    [Trait("Scenario", "MIX-31")]
    public void Addresses_AllOthers_IsAForeignRouter()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(200, addresses: [Second]);
        Assert.Equal([VrrpMismatch.ForeignRouter], bench.Seen.Mismatches());
    }

    [Fact]
    [Trait("Scenario", "RX-20")]
    [Trait("Scenario", "MIX-30")]
    public void Addresses_InAnotherOrder_AreTheSame()
    {
        Bench bench = new Bench(Bench.Parameters() with { Addresses = [Bench.Virtual, Second] }).In(VrrpState.Backup);
        bench.Hear(200, addresses: [Second, Bench.Virtual]);
        Assert.Empty(bench.Seen.Mismatches());
        bench.Hear(200, addresses: [Second, Second]);
        Assert.Equal([VrrpMismatch.Addresses], bench.Seen.Mismatches());
    }

    [Fact]
    [Trait("Scenario", "RX-06")]
    [Trait("Scenario", "MIX-17")]
    public void Checksum_WithoutPseudoHeader_IsTakenCountedAndTold()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        Assert.Equal(VrrpDiscard.None, bench.Hear(200, form: ChecksumForm.MessageOnly));
        Assert.Equal(VrrpState.Backup, bench.State);
        Assert.Equal([VrrpMismatch.Checksum], bench.Seen.Mismatches());
        Assert.Equal(1u, bench.Instance.Counters.OtherChecksums);
    }

    [Theory]
    [InlineData(ChecksumMode.PseudoHeader, ChecksumForm.MessageOnly, ChecksumForm.PseudoHeader)]
    [InlineData(ChecksumMode.MessageOnly, ChecksumForm.PseudoHeader, ChecksumForm.MessageOnly)]
    [InlineData(ChecksumMode.Auto, ChecksumForm.MessageOnly, ChecksumForm.MessageOnly)]
    [InlineData(ChecksumMode.Auto, ChecksumForm.PseudoHeader, ChecksumForm.PseudoHeader)]
    [Trait("Scenario", "MIX-16")]
    [Trait("Scenario", "MIX-17")]
    [Trait("Scenario", "TX-04")]
    public void Checksum_Sent_IsByModeAndMaster(ChecksumMode mode, ChecksumForm heard, ChecksumForm expected)
    {
        Bench bench = new Bench(Bench.Parameters(new VrrpPolicy { Checksum = mode })).In(VrrpState.Backup);
        bench.Hear(200, form: heard);
        bench.AtDeadline();
        (VrrpTransmission to, byte[] octets) = bench.Seen.Sent[0];
        Assert.True(VrrpPacket.TryRead(octets, to.Source, to.Destination, out VrrpPacket packet, out _));
        Assert.Equal(expected, packet.Form);
    }

    [Fact]
    [Trait("Scenario", "RX-10")]
    [Trait("Scenario", "MIX-27")]
    public void Version_OfAnother_IsToldOncePerPeer()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        int told = 0;
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(VrrpDiscard.WrongVersion, bench.Hear(200, version: VrrpVersion.V2, centiseconds: 100));
            told += bench.Seen.Notices.Count;
        }

        Assert.Equal(1, told);
        bench.Hear(200, Bench.Higher, version: VrrpVersion.V2, centiseconds: 100);
        Assert.Equal(VrrpMismatch.Version, bench.Seen.Mismatches().Single());
    }

    [Fact]
    [Trait("Scenario", "RX-44")]
    public void Sources_ByTheThousand_AreFewNoticesAndABoundedTable()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(200);
        int told = 0;
        for (uint i = 20; i < 220; i++)
        {
            bench.Now += TimeSpan.FromMilliseconds(1);
            bench.Hear(200, IpAddr.FromUInt32(0xC000_0200 + i), version: VrrpVersion.V2, centiseconds: 100);
            told += bench.Seen.Notices.Count;
        }

        Assert.Equal(4, told);
        Assert.Equal(196u, bench.Instance.Counters.MismatchesUntold);
        Assert.Equal(16, bench.Instance.Peers.Length);
        Assert.Contains(Bench.Lower, bench.Instance.Peers.ToArray().Select(peer => peer.Source));
        bench.Now += TimeSpan.FromSeconds(11);
        bench.Hear(200, IpAddr.FromUInt32(0xC000_02F0), version: VrrpVersion.V2, centiseconds: 100);
        Assert.Single(bench.Seen.Notices);
    }

    [Fact]
    [Trait("Scenario", "FI-19")]
    [Trait("Scenario", "FI-20")]
    public void Peer_ThatGoesOnBelowUs_DoesNotHearUs()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        List<VrrpMismatch> told = [];
        for (int i = 0; i < 20; i++)
        {
            bench.RunFor(TimeSpan.FromMilliseconds(100));
            bench.Hear(50);
            told.AddRange(bench.Seen.Mismatches());
            Assert.True(i >= 7 || told.Count == 0, $"told at {i}");
        }

        Assert.Equal([VrrpMismatch.DoesNotHearUs], told);
    }

    [Fact]
    [Trait("Scenario", "STM-31")]
    public void Farewell_TakenBack_IsTold()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(200);
        bench.Now += TimeSpan.FromMilliseconds(50);
        bench.Hear(0);
        bench.Now += TimeSpan.FromMilliseconds(50);
        bench.Hear(200);
        Assert.Equal([VrrpMismatch.FarewellTakenBack], bench.Seen.Mismatches());
        Assert.Equal(360.9375, (bench.Instance.NextDeadline - bench.Now).TotalMilliseconds, 0.001);
    }

    [Fact]
    [Trait("Scenario", "STM-31")]
    public void Farewell_TakenBackTooLate_CostsAMastershipOfOneAdvertisement()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(200);
        bench.Now += TimeSpan.FromMilliseconds(30);
        bench.Hear(0);
        bench.RunFor(TimeSpan.FromMilliseconds(70));
        Assert.Equal(VrrpReason.MasterResigned, bench.Instance.Reason);
        bench.Hear(200);
        Assert.Equal((VrrpState.Backup, VrrpReason.SuperiorHeard), (bench.State, bench.Instance.Reason));
        Assert.Equal([VrrpMismatch.FarewellTakenBack], bench.Seen.Mismatches());
    }

    [Fact]
    [Trait("Scenario", "R6-04")]
    public void FirstAddress6_NotLinkLocal_IsTakenAndTold()
    {
        IpAddr[] addresses = [IpAddr.Parse("fe80::100"), IpAddr.Parse("2001:db8::100")];
        Bench bench = new Bench(Bench.Parameters() with { Family = IpFamily.IPv6, Addresses = addresses }).In(VrrpState.Backup);
        Assert.Equal(VrrpDiscard.None, bench.Hear(200, addresses: [addresses[1], addresses[0]]));
        Assert.Equal([VrrpMismatch.FirstAddress], bench.Seen.Mismatches());
    }

    /// <summary>keepalived's IPv6 unicast leaves with the kernel's 64: both would be master, and nothing else says why.</summary>
    [Fact]
    [Trait("Scenario", "RX-05")]
    public void HopLimit_BelowTheLeast_IsTold()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        Assert.Equal(VrrpDiscard.HopLimitTooLow, bench.Hear(200, hopLimit: 64));
        Assert.Equal([VrrpMismatch.HopLimit], bench.Seen.Mismatches());
    }
}
