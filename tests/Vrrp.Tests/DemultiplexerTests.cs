// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

public sealed class DemultiplexerTests
{
    private readonly VrrpDemultiplexer _routers = new();
    private readonly Bench _bench = new Bench().In(VrrpState.Backup);

    public DemultiplexerTests() => Assert.True(_routers.TryAdd(_bench.Instance));

    [Fact]
    [Trait("Scenario", "RX-13")]
    [Trait("Scenario", "RX-48")]
    [Trait("Scenario", "MIX-32")]
    public void Message_OfAnotherRouter_IsRemembered()
    {
        VrrpDiscard reason = Hear(51, 3, out VrrpInstance? instance);
        Assert.Equal((VrrpDiscard.UnknownRouter, null), (reason, instance));
        Assert.Equal(VrrpDiscard.UnknownRouter, Hear(52, 2, out _));
        Assert.Equal(2, _routers.Discarded(VrrpDiscard.UnknownRouter));
        Assert.Equal(_bench.Now, _routers.HeardForeign(new VrrpKey(2, IpFamily.IPv4, 52)));
        Assert.Null(_routers.HeardForeign(new VrrpKey(2, IpFamily.IPv4, 53)));
        Assert.Null(_routers.HeardForeign(new VrrpKey(3, IpFamily.IPv4, 52)));
        Assert.Equal(_bench.Now, _routers.HeardForeign(new VrrpKey(3, IpFamily.IPv4, 51)));
    }

    [Fact]
    [Trait("Scenario", "CFG-03")]
    public void Message_OfOurs_ReachesIt()
    {
        Assert.Equal(VrrpDiscard.None, Hear(51, 2, out VrrpInstance? instance));
        Assert.Same(_bench.Instance, instance);
        Assert.Equal(1, instance!.Counters.Received);
        Assert.False(_routers.TryAdd(_bench.Instance));
        Assert.True(_routers.Remove(_bench.Instance));
        Assert.False(_routers.Remove(_bench.Instance));
        Assert.Equal(VrrpDiscard.UnknownRouter, Hear(51, 2, out _));
    }

    [Fact]
    [Trait("Scenario", "SC-ucarp")]
    [Trait("Scenario", "RX-49")]
    public void Datagram_OfUcarp_IsCountedAndNothingElse()
    {
        // CARP: version 2, type 1, our number, then a length and a counter in places of its own, 36 octets.
        byte[] octets = Vectors.Octets(Vectors.IPv4Header + "2133" + "0007" + "0001" + "abcd" + new string('5', 56));
        octets[3] = (byte)octets.Length;
        MonoTime deadline = _bench.Instance.NextDeadline;
        Assert.Equal(VrrpDiscard.LengthTooShort, _routers.ReceiveIPv4(octets, 2, _bench.Now, _bench.Seen, out _));
        Assert.Equal(VrrpDiscard.BadIPv4Header, _routers.ReceiveIPv4(octets.AsSpan(0, 10), 2, _bench.Now, _bench.Seen, out _));
        Assert.Equal((1, 1), (_routers.Discarded(VrrpDiscard.LengthTooShort), _routers.Discarded(VrrpDiscard.BadIPv4Header)));
        Assert.Equal(deadline, _bench.Instance.NextDeadline);
    }

    private VrrpDiscard Hear(byte router, int interfaceIndex, out VrrpInstance? instance)
    {
        byte[] octets = Bench.Patched(_bench.Message(200, Bench.Lower), Bench.Lower, VrrpWire.IPv4Group, (1, router));
        return _routers.Receive(octets, new VrrpArrival(Bench.Lower, VrrpWire.IPv4Group, 255, interfaceIndex), _bench.Now, _bench.Seen, out instance);
    }
}
