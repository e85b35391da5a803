// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Tcp;

namespace LoadBalancer.Linux.Tests.Tcp;

/// <summary>TCP MD5 (RFC 2385): who signs wrongly is not heard, and the words say what it may be.</summary>
public sealed class TcpKeyTests : IDisposable
{
    private const ushort Port = 179;
    private static readonly TcpKey Right = new("right"u8);
    private static readonly TcpKey Wrong = new("wrong"u8);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(1500);
    private readonly Segment _segment = new();
    private readonly TcpHost _here;
    private readonly TcpHost _there;

    public TcpKeyTests()
    {
        _segment.A.Ip("address add 2001:db8::1/64 dev eth0 nodad");
        _segment.B.Ip("address add 2001:db8::2/64 dev eth0 nodad");
        _here = new(_segment.A);
        _there = new(_segment.B);
    }

    [Theory]
    [Trait("Scenario", "X04")]
    [Trait("Scenario", "X05")]
    [InlineData("192.0.2.1", "192.0.2.2", "192.0.2.2/32")]
    [InlineData("192.0.2.1", "192.0.2.2", "192.0.2.0/24")]
    [InlineData("2001:db8::1", "2001:db8::2", "2001:db8::2/128")]
    [InlineData("2001:db8::1", "2001:db8::2", "2001:db8::/64")]
    public void Key_RightOnBothEnds_CarriesOctetsBothWays(string local, string remote, string peers)
    {
        TcpGate gate = _here.Listen(local, Port);
        gate.SetKey(peers, Right);

        TcpPeer caller = _there.Connect(local, Port, new TcpOptions { Key = Right });

        Assert.True(caller.Opened, caller.Fault?.Sentence);
        TcpPeer called = gate.AwaitPeer();
        Assert.Equal(remote, _here.On(() => called.Connection!.Remote.Address.ToString()));
        Assert.True(caller.Write("open") && called.Write("answer"));
        called.AwaitText("open");
        caller.AwaitText("answer");
    }

    [Theory]
    [Trait("Scenario", "X04")]
    [Trait("Scenario", "X05")]
    [Trait("Scenario", "X16")]
    [InlineData("192.0.2.1", "192.0.2.2/32", "wrong")]
    [InlineData("192.0.2.1", "192.0.2.0/24", "wrong")]
    [InlineData("192.0.2.1", "192.0.2.0/24", "absent")]
    [InlineData("2001:db8::1", "2001:db8::/64", "wrong")]
    [InlineData("2001:db8::1", "2001:db8::2/128", "absent")]
    public void Key_WrongOrAbsentAtTheCaller_IsNoAnswerAndSaysWhatItMayBe(string local, string peers, string which)
    {
        TcpGate gate = _here.Listen(local, Port);
        gate.SetKey(peers, Right);

        TcpPeer caller = _there.Connect(local, Port, new TcpOptions { Key = which == "wrong" ? Wrong : null, ConnectTimeout = Short });

        Assert.Equal(TcpFaultKind.NoAnswer, caller.Fault!.Value.Kind);
        Assert.Contains("TCP MD5 password", caller.Fault.Value.Sentence, StringComparison.Ordinal);
        Assert.Empty(_here.On(() => gate.Callers.ToArray()));
    }

    [Fact]
    [Trait("Scenario", "X04")]
    public void Key_AbsentAtTheListener_SaysThatThePeerHasNone()
    {
        _here.Listen("192.0.2.1", Port);

        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions { Key = Right, ConnectTimeout = Short });

        Assert.Equal(TcpFaultKind.NoAnswer, caller.Fault!.Value.Kind);
        Assert.Contains("compare the passwords", caller.Fault.Value.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_NobodyListensThere_SaysSoInsteadOfAnEmptyTimeOut()
    {
        // A kernel refuses nobody who signs, for it has no key to sign the refusal with.
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions { Key = Right, ConnectTimeout = Short });

        Assert.Equal(TcpFaultKind.NoAnswer, caller.Fault!.Value.Kind);
        Assert.Contains("where nobody listens", caller.Fault.Value.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.0/24")]
    [InlineData("2001:db8::1", "2001:db8::/64")]
    public void Key_RotatedOnLiveConnection_GoesOnWithoutAReset(string local, string peers)
    {
        TcpGate gate = _here.Listen(local, Port);
        gate.SetKey(peers, Right);
        TcpPeer caller = _there.Connect(local, Port, new TcpOptions { Key = Right });
        TcpPeer called = gate.AwaitPeer();
        caller.Write("1");
        called.AwaitText("1");

        // What is sent while only one end has the new key is dropped, and sent again once both have it.
        Assert.True(_there.On(() => caller.Connection!.TrySetKey(Wrong, out _)));
        caller.Write("2");
        Assert.True(_here.On(() => called.Connection!.TrySetKey(Wrong, out _)));
        gate.SetKey(peers, Wrong);
        called.AwaitText("12");
        called.Write("3");
        caller.AwaitText("3");

        Assert.Null(caller.Fault);
        Assert.Null(called.Fault);
        TcpPeer next = _there.Connect(local, Port, new TcpOptions { Key = Wrong });
        Assert.True(next.Opened, next.Fault?.Sentence);
    }

    [Fact]
    public void Key_TakenAwayOnBothEnds_GoesOnUnsigned()
    {
        TcpGate gate = _here.Listen("192.0.2.1", Port);
        gate.SetKey("192.0.2.2/32", Right);
        TcpPeer caller = _there.Connect("192.0.2.1", Port, new TcpOptions { Key = Right });
        TcpPeer called = gate.AwaitPeer();

        Assert.True(_there.On(() => caller.Connection!.TrySetKey(null, out _)));
        Assert.True(_here.On(() => called.Connection!.TrySetKey(null, out _)));
        gate.SetKey("192.0.2.2/32", null);
        caller.Write("plain");

        called.AwaitText("plain");
        Assert.True(_there.Connect("192.0.2.1", Port, new TcpOptions()).Opened);
    }

    [Fact]
    public void Key_OnlyForOnePrefix_OthersAreHeardWithoutOne()
    {
        _segment.B.Ip("address add 192.0.2.130/28 dev eth0");
        _segment.B.Ip("route add 192.0.2.1/32 dev eth0");
        _segment.A.Ip("route add 192.0.2.128/28 dev eth0");
        TcpGate gate = _here.Listen("192.0.2.1", Port);
        gate.SetKey("192.0.2.0/28", Right);

        TcpPeer keyed = _there.Connect("192.0.2.1", Port, new TcpOptions { Key = Right, Source = Primitives.IpAddr.Parse("192.0.2.2") });
        TcpPeer plain = _there.Connect("192.0.2.1", Port, new TcpOptions { Source = Primitives.IpAddr.Parse("192.0.2.130") });

        Assert.True(keyed.Opened && plain.Opened, $"{keyed.Fault} {plain.Fault}");
    }

    [Theory]
    [Trait("Scenario", "X07")]
    [InlineData(0)]
    [InlineData(TcpKey.MaxLength + 1)]
    public void Key_EmptyOrTooLong_IsRefused(int length) => Assert.Throws<ArgumentException>(() => new TcpKey(new byte[length]));

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _segment.Dispose();
    }
}
