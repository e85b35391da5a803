// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Linux.Tests.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Bfd;

/// <summary>Two drivers on real sockets.</summary>
public sealed class BfdDriverTests : IDisposable
{
    // Slow enough that a busy machine ends no session by itself.
    private const int Rate = 200;

    private const int SingleHopPort = 3784;
    private readonly Segment _segment = new();
    private readonly BfdHost _here;
    private readonly BfdHost _there;

    public BfdDriverTests()
    {
        foreach ((TestNamespace side, int number) in new[] { (_segment.A, 1), (_segment.B, 2) })
        {
            side.Ip($"address add 2001:db8::{number}/64 dev eth0 nodad");
            side.Ip($"address add fe80::{number}/64 dev eth0 nodad");
        }

        _here = new(_segment.A, 1);
        _there = new(_segment.B, 2);
    }

    private (BfdPath Here, BfdPath There) Join(BfdParameters parameters, string here = "192.0.2.1", string there = "192.0.2.2", BfdParameters? ofThere = null) =>
        (_here.Set(_here.Path(there, here), parameters), _there.Set(_there.Path(here, there), ofThere ?? parameters));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("2001:db8::1", "2001:db8::2")]
    [InlineData("fe80::1", "fe80::2")]
    public void Sessions_BothStart_ComeUpAndNegotiate(string here, string there)
    {
        (BfdPath ours, BfdPath theirs) = Join(BfdHost.Every(Rate), here, there);

        _here.Await(ours, BfdState.Up);
        _there.Await(theirs, BfdState.Up);
        BfdSessionView view = _here.Await(ours, static v => v.DetectionTime == TimeSpan.FromMilliseconds(3 * Rate) && v.TransmitInterval == TimeSpan.FromMilliseconds(Rate), "negotiated");
        Assert.Equal((BfdState.Up, BfdDiagnostic.None), (view.RemoteState, view.Diagnostic));
        Assert.InRange(view.SourcePort, 49152, 65535);
        Assert.True(view is { Sent: > 0, Received: > 0, SendFailures: 0, UpCount: 1 });
    }

    [Theory]
    [InlineData(50)]
    [InlineData(10)]
    public void Link_IsCut_IsFoundByTheDetectionTime(int interval)
    {
        (BfdPath ours, BfdPath theirs) = Join(BfdHost.Every(interval));
        _here.Await(ours, v => v.State == BfdState.Up && v.DetectionTime == TimeSpan.FromMilliseconds(3 * interval), "negotiated");
        _there.Await(theirs, v => v.State == BfdState.Up && v.DetectionTime == TimeSpan.FromMilliseconds(3 * interval), "negotiated");

        // Nothing arrives and the carrier stays: what a dead switch in the middle looks like.
        MonoTime cut = Reactor.Now;
        Silence();
        BfdNotice notice = _here.AwaitNotice(static n => n.IsFailure);

        TimeSpan gap = notice.At - cut;
        TestContext.Current.TestOutputHelper?.WriteLine($"{interval} ms x 3: down {gap.TotalMilliseconds:f1} ms after the cut began");
        Assert.Equal(new BfdTransition(BfdState.Up, BfdState.Down, BfdCause.DetectionTimeExpired), notice.Transition);
        Assert.Equal(BfdDiagnostic.DetectionTimeExpired, _here.View(ours).Diagnostic);
    }

    [Fact]
    public void Session_SourcePorts_AreUniqueAndPacketsAreOfClassSixWithTtl255()
    {
        using Socket eye = _segment.B.Within(() => new Socket(AddressFamily.Packet, SocketType.Dgram, (ProtocolType)0x0008) { ReceiveTimeout = 10_000 });
        _segment.B.Ip("address add 192.0.2.3/28 dev eth0");
        BfdPath first = _here.Set(_here.Path("192.0.2.2"), BfdHost.Every(Rate));
        BfdPath second = _here.Set(_here.Path("192.0.2.3"), BfdHost.Every(Rate));
        byte[] packet = new byte[2048];
        int seen = 0;
        while (seen < 2)
        {
            int length = eye.Receive(packet);
            if (length > 28 && packet[9] == 17 && packet[22] == SingleHopPort >> 8 && packet[23] == (SingleHopPort & 0xFF))
            {
                Assert.Equal((0xC0, 255), (packet[1], packet[8]));
                seen++;
            }
        }

        Assert.NotEqual(_here.View(first).SourcePort, _here.View(second).SourcePort);
    }

    [Theory]
    [InlineData(254, 1)]
    [InlineData(255, 0)]
    public void Packet_WithLessThanFullTtl_IsDroppedAndCounted(int ttl, int dropped)
    {
        BfdPath ours = _here.Set(_here.Path("192.0.2.2", "192.0.2.1"), BfdHost.Every(Rate) with { Passive = true });
        using Socket forger = _segment.B.Within(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Ttl = (short)ttl });
        byte[] down = new byte[BfdPacket.FixedLength];
        new BfdPacket { State = BfdState.Down, DetectMultiplier = 3, Length = 24, MyDiscriminator = 7, DesiredMinTransmit = TimeSpan.FromSeconds(1), RequiredMinReceive = TimeSpan.FromSeconds(1) }.TryWrite(down);

        _here.Await(ours, static v => v.SourcePort != 0, "open");
        forger.SendTo(down, new IPEndPoint(IPAddress.Parse("192.0.2.1"), SingleHopPort));
        BfdSessionView view = _here.Await(ours, static v => v.Received + v.Discarded.Values.Sum() == 1, "one packet");

        Assert.Equal(dropped, view.Discarded.GetValueOrDefault(BfdDiscard.HopLimitTooLow));
        Assert.Equal(dropped == 1 ? BfdState.Down : BfdState.Init, view.State);
    }

    [Fact]
    public void Packet_OfNobody_IsCountedAsStray()
    {
        _here.Set(_here.Path("192.0.2.9", "192.0.2.1"), BfdHost.Every(Rate));
        BfdPath theirs = _there.Set(_there.Path("192.0.2.1", "192.0.2.2"), BfdHost.Every(Rate));

        _there.Await(theirs, static v => v.Sent > 2, "sent");
        Assert.True(_here.Snapshot().Strays.GetValueOrDefault(BfdDiscard.NoSession) > 0);
        Assert.Equal(BfdState.Down, _there.View(theirs).State);
    }

    [Fact]
    public void Session_Passive_SaysNothingFirstAndComesUpWhenSpokenTo()
    {
        BfdPath ours = _here.Set(_here.Path("192.0.2.2", "192.0.2.1"), BfdHost.Every(Rate) with { Passive = true });
        _here.Await(ours, static v => v.SourcePort != 0, "open");
        Assert.Equal(0, _here.View(ours).Sent);

        BfdPath theirs = _there.Set(_there.Path("192.0.2.1", "192.0.2.2"), BfdHost.Every(Rate));
        _here.Await(ours, BfdState.Up);
        _there.Await(theirs, BfdState.Up);
    }

    [Theory]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1)]
    [InlineData(BfdAuthenticationType.KeyedMd5)]
    public void Session_OtherKey_StaysDownUntilItIsTheSame(BfdAuthenticationType type)
    {
        BfdParameters right = BfdHost.Every(Rate) with { Authentication = new(type, new BfdKey(1, "right"u8)) };
        BfdParameters wrong = BfdHost.Every(Rate) with { Authentication = new(type, new BfdKey(1, "wrong"u8)) };
        (BfdPath ours, BfdPath theirs) = Join(right, ofThere: wrong);
        _here.Await(ours, static v => v.Discarded.GetValueOrDefault(BfdDiscard.BadAuthentication) > 0, "a bad digest");
        Assert.Equal(BfdState.Down, _here.View(ours).State);

        _there.Set(theirs, right);
        _here.Await(ours, BfdState.Up);
    }

    [Fact]
    public void AdminDown_IsToldAndIsNoFailure()
    {
        (BfdPath ours, BfdPath theirs) = Join(BfdHost.Every(Rate));
        _here.Await(ours, BfdState.Up);
        _there.Await(theirs, BfdState.Up);

        _there.Set(theirs, BfdHost.Every(Rate), adminDown: true);
        BfdNotice notice = _here.AwaitNotice(static n => n.Transition.From == BfdState.Up);

        Assert.Equal(BfdCause.PeerAdminDown, notice.Transition.Cause);
        Assert.False(notice.IsFailure);
        _there.Set(theirs, BfdHost.Every(Rate));
        _here.Await(ours, BfdState.Up);
    }

    [Fact]
    public async Task Leave_SaysFarewellThenForgetsAndFreesThePort()
    {
        (BfdPath ours, BfdPath theirs) = Join(BfdHost.Every(Rate));
        _here.Await(ours, BfdState.Up);
        _there.Await(theirs, BfdState.Up);

        await _here.Driver.LeaveAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Assert.Empty(_here.Snapshot().Sessions);
        Assert.DoesNotContain(_there.Notices, static n => n.IsFailure);
        Assert.DoesNotContain("0EC8", _segment.A.ProcNet("udp"), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_ChangedWhileUp_AreNegotiatedWithoutGoingDown()
    {
        (BfdPath ours, BfdPath theirs) = Join(BfdHost.Every(Rate));
        _here.Await(ours, BfdState.Up);
        _there.Await(theirs, BfdState.Up);

        _here.Set(ours, BfdHost.Every(400));
        _there.Await(theirs, static v => v.DetectionTime == TimeSpan.FromMilliseconds(1200), "1200 ms");

        Assert.Equal((1, 1), (_here.View(ours).UpCount, _there.View(theirs).UpCount));
    }

    [Fact]
    [Trait("Scenario", "B30")]
    public void PathDown_OfTheInterface_IsAFailureAtOnce()
    {
        (BfdPath ours, BfdPath theirs) = Join(BfdHost.Every(1000));
        _here.Await(ours, BfdState.Up);
        _there.Await(theirs, BfdState.Up);

        Assert.True(_here.Driver.TryPathDown(ours.Interface));

        Assert.Equal(BfdCause.PathDown, _here.AwaitNotice(static n => n.IsFailure).Transition.Cause);
        Assert.Equal(BfdCause.PeerDown, _there.AwaitNotice(static n => n.IsFailure).Transition.Cause);
    }

    [Fact]
    public void Notices_NotTaken_BecomeOneThatKeepsTheFailure()
    {
        (BfdPath ours, BfdPath theirs) = Join(BfdHost.Every(Rate));
        _here.Await(ours, BfdState.Up);
        _there.Await(theirs, BfdState.Up);
        _here.Deaf = true;
        int before = _here.Notices.Length;

        Assert.True(_here.Driver.TryPathDown(ours.Interface));
        _here.Await(ours, static v => v is { State: BfdState.Up, FailureCount: 1 }, "up again");
        Assert.Equal(before, _here.Notices.Length);
        _here.Deaf = false;

        BfdNotice merged = _here.AwaitNotice(static n => n.IsFailure);
        Assert.Equal((BfdState.Up, BfdState.Up), (merged.Transition.From, merged.Transition.To));
        Assert.Equal(before + 1, _here.Notices.Length);
    }

    [Fact]
    public void Port_HeldByAnotherDaemon_IsNamedAndTakenOnceItIsFree()
    {
        Socket other = _segment.A.Within(static () =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, SingleHopPort));
            return socket;
        });
        BfdPath ours = _here.Set(_here.Path("192.0.2.2", "192.0.2.1"), BfdHost.Every(Rate));

        BfdNotice notice = _here.AwaitNotice(static n => n.Fault is not null);
        Assert.Contains("another BFD daemon", notice.Fault!, StringComparison.Ordinal);
        other.Dispose();
        _here.Await(ours, static v => v.Fault is null && v.SourcePort != 0, "open");
        Assert.Null(_here.Notices[^1].Fault);
    }

    [Fact]
    public void Set_EchoOrLinkLocalWithoutInterface_IsRefusedInWords()
    {
        ArgumentException echo = Assert.Throws<ArgumentException>(() => _here.Driver.TrySet(_here.Path("192.0.2.2"), BfdHost.Every(Rate) with { EchoMode = true }));
        Assert.Contains("echoMode is not supported", echo.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _here.Driver.TrySet(_here.Path("fe80::2", onInterface: false), BfdHost.Every(Rate)));
    }

    [Theory]
    [InlineData("192.0.2.1", "198.51.100.2")]
    [InlineData("2001:db8:a::1", "2001:db8:b::2")]
    public void MultiHop_BehindARouter_ComesUpAndRefusesThoseFartherThanAllowed(string here, string there)
    {
        using RoutedSegment route = new();
        using BfdHost west = new(route.A, 3);
        using BfdHost east = new(route.B, 4);
        BfdPath ours = west.Set(west.Path(there, here, BfdHops.MultiHop), BfdHost.Every(Rate) with { MinimumHopLimit = 255 });
        east.Set(east.Path(here, there, BfdHops.MultiHop), BfdHost.Every(Rate));
        west.Await(ours, static v => v.Discarded.GetValueOrDefault(BfdDiscard.HopLimitTooLow) > 0, "refused");
        Assert.Equal(BfdState.Down, west.View(ours).State);

        west.Set(ours, BfdHost.Every(Rate) with { MinimumHopLimit = 254 });
        west.Await(ours, BfdState.Up);
    }

    private void Silence() => TestNamespace.Run("ip", "netns", "exec", _segment.A.Name, "nft",
        "add table netdev cut; add chain netdev cut c { type filter hook ingress device eth0 priority 0; policy drop; }");

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _segment.Dispose();
    }
}
