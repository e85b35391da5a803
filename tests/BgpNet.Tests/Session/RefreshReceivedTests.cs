// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>Requests and markers of a peer (RFC 2918, RFC 7313), where they were agreed on and where not.</summary>
public sealed class RefreshReceivedTests
{
    private const string Begin = Vectors.Marker + "00170500010101";
    private const string End = Vectors.Marker + "00170500010201";

    [Fact]
    public void Refresh_OfAPeerThatDidNotSayItHasIt_IsPassedOver()
    {
        Probe probe = Synced(Probe.PeerOpen with { RouteRefresh = false });
        probe.Receive(Probe.Out1, Vectors.RefreshIPv4 + Begin + End);
        Assert.Equal((SessionState.Established, "", 0), (probe.State, probe.Take(), Stale(probe)));
        Assert.Equal(1, probe.Session.Snapshot().Families[0].Prefixes);
    }

    [Fact]
    public void Markers_ThatWereNotAgreedOn_ArePassedOver()
    {
        byte[] open = Probe.Open(Probe.PeerOpen);
        int enhanced = open.AsSpan().IndexOf([(byte)CapabilityCode.EnhancedRouteRefresh, (byte)0]);
        open[enhanced] = 127;
        Probe probe = new Probe().InOpenSent();
        probe.Receive(Probe.Out1, open);
        probe.Receive(Probe.Out1, Vectors.Keepalive + Vectors.UpdateIPv4 + Begin);
        Assert.True(probe.Session.Negotiated is { RouteRefresh: true, EnhancedRouteRefresh: false });
        Assert.Equal(0, Stale(probe));
        probe.Receive(Probe.Out1, End);
        Assert.Equal((SessionState.Established, 1), (probe.State, probe.Session.Snapshot().Families[0].Prefixes));
    }

    /// <summary>RFC 7313 4.2 lets what was not sent again go, also when the end marker never comes.</summary>
    [Fact]
    [Trait("Rfc", "7313-4.2")]
    public void Begin_WithoutAnEnd_SweepsAfterTheStalePathTime()
    {
        Probe probe = Synced(Probe.PeerOpen);
        probe.Receive(Probe.Out1, Begin);
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(1, Stale(probe));
            probe.Run(59.9);
            probe.Receive(Probe.Out1, Vectors.Keepalive);
        }

        probe.Run(1);
        Assert.Equal(0, probe.Session.Snapshot().Families[0].Prefixes);
    }

    [Fact]
    public void Begin_OfAFamilyThatWasGivenUp_ChangesNothing()
    {
        Probe probe = Synced(Probe.PeerOpen, Probe.Options with { Rules = Probe.Options.Rules with { DisableFamilies = true } });
        probe.Receive(Probe.Out1, Vectors.Marker + "001d02" + "00000000" + "21c633640000");
        Assert.True(probe.Session.Snapshot().Families[0] is { Disabled: true, Prefixes: 0 });
        probe.Receive(Probe.Out1, Begin + Vectors.UpdateIPv4 + End);
        Assert.True(probe.Session.Snapshot().Families[0] is { Disabled: true, Prefixes: 0, Stale: 0 });
    }

    [Fact]
    public void Family_GivenUp_IsDroppedAndTheOtherListenedTo()
    {
        Probe probe = Synced(Probe.PeerOpen, Probe.Options with { Rules = Probe.Options.Rules with { DisableFamilies = true } });
        probe.Receive(Probe.Out1, Vectors.UpdateIPv6);
        probe.Receive(Probe.Out1, Vectors.Marker + "001f0200000008" + "800f05000201" + "1020");
        Assert.True(probe.Session.Snapshot().Families[1] is { Disabled: true, Prefixes: 0 });
        probe.Receive(Probe.Out1, Vectors.UpdateIPv6 + Vectors.UpdateIPv4);
        Assert.Equal([1, 0], probe.Session.Snapshot().Families.Select(family => family.Prefixes));
    }

    // Up, with all routes sent and one received.
    private static Probe Synced(SpeakerOpen peer, SessionOptions? options = null)
    {
        Probe probe = new Probe(options).InEstablished(peer);
        probe.Do(SessionEvent.RoutesWritten(Probe.Out1, AfiSafi.IPv4Unicast));
        probe.Do(SessionEvent.RoutesWritten(Probe.Out1, AfiSafi.IPv6Unicast));
        probe.Receive(Probe.Out1, Vectors.UpdateIPv4);
        _ = probe.Take();
        return probe;
    }

    private static int Stale(Probe probe) => probe.Session.Snapshot().Families[0].Stale;
}
