// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership.Tests;

public sealed class SegmentMembershipTests
{
    private static readonly HeartbeatKey Key = new("a key of at least sixteen octets"u8);

    [Fact]
    public void Pair_BothHeard_BothAliveAndReadyAfterDeadTime()
    {
        SegmentPair pair = new(Key);
        pair.Run(100);
        Assert.True(pair.A.Alive.ContainsKey("b"));
        Assert.True(pair.B.Alive.ContainsKey("a"));
        Assert.False(pair.A.IsReady);
        pair.Run(300);
        Assert.True(pair.A.IsReady);
        Assert.True(pair.B.Alive["a"].IsReady);
        Assert.Equal("eth0", pair.B.Alive["a"].Interface);
        Assert.Equal(SegmentPair.Prefixes, pair.B.Alive["a"].Prefixes);
    }

    [Fact]
    public void Member_Silent_TimedOutAfterThreeMissed()
    {
        SegmentPair pair = new();
        pair.Run(1000);
        pair.ADelivers = false;
        pair.Run(200);
        Assert.True(pair.B.Alive.ContainsKey("a"));
        pair.Run(120);
        Assert.False(pair.B.Alive.ContainsKey("a"));
        Assert.Contains(pair.B.Events, static item => item is { Kind: MemberEventKind.TimedOut, Node: "a" });
    }

    [Fact]
    public void Link_OneWay_NeitherSideCountsTheOther()
    {
        SegmentPair pair = new();
        pair.Run(1000);
        pair.BDelivers = false;
        pair.Run(1500);
        Assert.Empty(pair.A.Alive);
        Assert.Empty(pair.B.Alive);
        Assert.Contains(pair.B.Events, static item => item.Kind == MemberEventKind.OneWay);
    }

    [Fact]
    public void Replay_OfTheLivingStream_IsOldSequence()
    {
        SegmentPair pair = new(Key);
        pair.Run(2000);
        byte[][] recorded = [.. pair.FromA];
        Assert.All(recorded[..^4], old => Assert.Equal(DropReason.OldSequence, pair.B.Receive(old, pair.Now)));
    }

    [Fact]
    public void Heartbeat_ThatArrivesTwice_IsACopyUntilTheStreamHasMovedOn()
    {
        SegmentPair pair = new(Key);
        pair.Run(1000);
        byte[] heard = pair.FromA[^1];
        Assert.Equal(DropReason.Copy, pair.B.Receive(heard, pair.Now));
        Assert.Equal(DropReason.Copy, pair.B.Receive(pair.FromA[^2], pair.Now));
        pair.Run(400);
        Assert.Equal(DropReason.OldSequence, pair.B.Receive(heard, pair.Now));
    }

    [Fact]
    public void Copy_FromANodeGoneSilent_IsOldSequenceAndKeepsNobodyAlive()
    {
        SegmentPair pair = new(Key);
        pair.Run(1000);
        byte[] last = pair.FromA[^1];
        pair.ADelivers = false;
        for (int step = 0; step < 40; step++)
        {
            pair.Run(10);
            _ = pair.B.Receive(last, pair.Now);
        }

        Assert.Equal(DropReason.OldSequence, pair.B.Receive(last, pair.Now));
        Assert.False(pair.B.Alive.ContainsKey("a"));
    }

    [Fact]
    public void Replay_ToARestartedNode_IsNotTwoWay()
    {
        SegmentPair pair = new(Key);
        pair.Run(500);
        SegmentMembership reborn = new(new MembershipOptions { Node = "b", Key = Key }, "ens3", 99);
        reborn.LinkUp(SegmentPair.Prefixes, pair.Now);
        foreach (byte[] recorded in pair.FromA)
        {
            Assert.Equal(DropReason.NotTwoWay, reborn.Receive(recorded, pair.Now));
        }

        Assert.Empty(reborn.Alive);
    }

    [Fact]
    public void Replay_OfAFormerRun_DoesNotDisplaceTheLivingOne()
    {
        SegmentPair pair = new(Key);
        pair.Run(500);
        byte[][] recorded = [.. pair.FromA];
        pair.A = new(new MembershipOptions { Node = "a", Key = Key }, "eth0", 77);
        pair.A.LinkUp(SegmentPair.Prefixes, pair.Now);
        pair.Run(8000);
        ulong living = pair.B.Alive["a"].Incarnation;
        foreach (byte[] datagram in recorded)
        {
            Assert.NotEqual(DropReason.None, pair.B.Receive(datagram, pair.Now));
        }

        Assert.Equal(living, pair.B.Alive["a"].Incarnation);
    }

    [Fact]
    public void Process_StoodStill_ForgetsAllAndListensAgain()
    {
        SegmentPair pair = new();
        pair.Run(1000);
        MonoTime later = pair.Now + TimeSpan.FromSeconds(5);
        Assert.True(pair.A.FenceAt < later);
        Assert.True(pair.A.NoteRun(later));
        Assert.False(pair.A.IsReady);
        Assert.Empty(pair.A.Alive);
    }

    [Fact]
    public void Link_ToldAgainAsItWas_SaysNothingAndAsksForNoLook()
    {
        SegmentPair pair = new(Key);
        pair.Run(1000);
        List<byte[]> sent = [];
        pair.A.Send(pair.Now, sent);
        pair.A.ClearChanged();
        sent.Clear();

        pair.A.LinkUp([.. SegmentPair.Prefixes], pair.Now);
        pair.A.Send(pair.Now, sent);
        Assert.Empty(sent);
        Assert.False(pair.A.Changed);

        pair.A.LinkUp(SegmentPair.Prefixes[..1], pair.Now);
        pair.A.Send(pair.Now, sent);
        Assert.Single(sent);
        Assert.True(pair.A.ChangedUrgently);
    }

    [Fact]
    public void Claims_MoreThanOnePage_AllLearnedAndWithdrawn()
    {
        SegmentPair pair = new(Key);
        pair.Run(1000);
        List<Claim> claims = [];
        for (uint i = 0; i < 1000; i++)
        {
            claims.Add(new(IpAddr.FromUInt32(0x6440_0000 + i), i + 1, i % 7 == 0));
        }

        pair.A.SetClaims(claims, pair.Now);
        pair.Run(20);
        Assert.Equal(claims, pair.B.Alive["a"].Claims);
        claims.RemoveRange(10, 900);
        pair.A.SetClaims(claims, pair.Now);
        pair.Run(20);
        Assert.Equal(claims, pair.B.Alive["a"].Claims);
        Assert.True(pair.B.Alive["a"].IsComplete);
    }

    [Fact]
    public void Members_MoreThanAllowed_AreRefused()
    {
        SegmentMembership machine = new(new MembershipOptions { Node = "a", MaxMembers = 3 }, "eth0", 1);
        machine.LinkUp([], new(0));
        byte[] buffer = new byte[HeartbeatCodec.MaxLength];
        DropReason last = DropReason.None;
        for (uint i = 1; i <= 4; i++)
        {
            Heartbeat beat = new() { Node = "n" + i, Interface = "eth0", Incarnation = i, Sequence = 1, LastPage = true };
            last = machine.Receive(buffer.AsSpan(0, HeartbeatWriter.Write(beat, null, buffer)), new(0));
        }

        Assert.Equal(DropReason.TooManyMembers, last);
    }
}
