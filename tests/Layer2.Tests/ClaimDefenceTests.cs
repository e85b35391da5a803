// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2.Tests;

public sealed class ClaimDefenceTests
{
    private static readonly HashSet<MacAddr> Peers = [MacAddr.Parse("02:00:00:00:00:cc")];
    private static readonly ForeignClaim Claim = new(Lan.Service, Lan.StrangerMac, Lan.Eth0.Index);
    private readonly ClaimDefence _defence = new(ClaimDefence.DefaultInterval);

    [Fact]
    [Trait("Rfc", "5227-2.4")]
    public void Stranger_IsAnsweredOnceInTheInterval()
    {
        Assert.Equal(ClaimVerdict.Defend, Judge(Claim, 0));
        Assert.Equal(ClaimVerdict.Paced, Judge(Claim, 9.999));
        Assert.Equal(ClaimVerdict.Defend, Judge(Claim with { Address = Lan.Service6 }, 1));
        Assert.Equal(ClaimVerdict.Defend, Judge(Claim, 10));
        Assert.Equal(ClaimVerdict.Paced, Judge(Claim with { Claimant = Lan.ClientMac }, 11));
    }

    [Fact]
    public void Peer_IsLeftToPlacement() =>
        Assert.Equal(ClaimVerdict.Peer, Judge(Claim with { Claimant = MacAddr.Parse("02:00:00:00:00:cc") }, 0));

    [Fact]
    public void Claim_ThatIsOutdated_IsIgnored()
    {
        Assert.Equal(ClaimVerdict.NotOurs, Judge(Claim with { InterfaceIndex = 3 }, 0));
        Assert.Equal(ClaimVerdict.NotOurs, Judge(Claim with { Claimant = Lan.Eth1.Mac }, 0));
    }

    [Fact]
    public void Withdrawal_ForgetsTheDefence()
    {
        Assert.Equal(ClaimVerdict.Defend, Judge(Claim, 0));
        _defence.Retain(Lan.OnEth0);
        Assert.Equal(ClaimVerdict.Paced, Judge(Claim, 1));
        _defence.Retain(AnnouncementTable.Empty);
        Assert.Equal(ClaimVerdict.Defend, Judge(Claim, 2));
    }

    private ClaimVerdict Judge(ForeignClaim claim, double seconds) =>
        _defence.Judge(claim, Lan.OnEth0, Peers, new MonoTime((long)(seconds * 1e9)));
}
