// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.Layer2.Tests;

public sealed class AnnouncementTableTests
{
    [Fact]
    public void Answers_TenThousandReplies_AllocateNothing()
    {
        byte[] arp = Lan.Question.Frame(MacAddr.Broadcast);
        byte[] nd = Lan.Question6.Frame();
        byte[] reply = new byte[NdpResponder.ReplyLength];
        AnnouncementTable table = Lan.OnEth0;
        Assert.True(Answer());
        bool all = true;
        Assert.Equal(0, AllocationMeter.LeastOf(2000, () => all &= Answer()));
        Assert.True(all);

        bool Answer() => ArpResponder.Decide(arp, Lan.Eth0, table, reply).IsReply & NdpResponder.Decide(nd, Lan.Eth0, table, reply).IsReply;
    }

    [Fact]
    [Trait("Scenario", "E41")]
    public void Address_AnnouncedByTwoServices_StaysUntilBothAreGone()
    {
        Announcement first = new(Lan.Service, InterfaceSet.Of(2));
        Announcement second = new(Lan.Service, InterfaceSet.Of(3));
        AnnouncementTable both = Lan.Table(first, second);
        Assert.Equal(1, both.Count);
        Assert.True(both.Announces(Lan.Service, 2) && both.Announces(Lan.Service, 3));
        AnnouncementTable one = Lan.Table(second);
        Assert.False(one.Announces(Lan.Service, 2));
        Assert.True(one.Announces(Lan.Service, 3));
        Assert.False(Lan.Table().Announces(Lan.Service, 3));
        Assert.Same(InterfaceSet.None, Lan.Table().InterfacesOf(Lan.Service));
    }

    [Fact]
    public void InterfaceSet_IsAValue()
    {
        Assert.Equal(InterfaceSet.Of(3, 2, 3), InterfaceSet.Of(2, 3));
        Assert.Equal(InterfaceSet.Of(2, 3).GetHashCode(), InterfaceSet.Of(3, 2).GetHashCode());
        Assert.NotEqual(InterfaceSet.All, InterfaceSet.None);
        Assert.Equal("2,3,7", InterfaceSet.Of(7, 2).Union(InterfaceSet.Of(3)).ToString());
        Assert.Same(InterfaceSet.All, InterfaceSet.Of(1).Union(InterfaceSet.All));
        Assert.True(InterfaceSet.All.Contains(99));
        Assert.False(InterfaceSet.None.Contains(99));
    }
}
