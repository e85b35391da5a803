// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.BgpNet.Tests.Session;

public sealed class SimulationTests
{
    private const int Runs = 150;

    private static readonly SessionOptions First = Probe.Options with { Open = Probe.Options.Open with { HoldSeconds = 9 } };

    private static readonly SessionOptions Second = new()
    {
        Name = "BGPPeer node",
        Open = Probe.PeerOpen with { HoldSeconds = 9 },
        Rules = new() { AsKind = PeerAsKind.Exactly, Asn = 64513 },
    };

    /// <summary>Two speakers that both dial, or one, with or without graceful restart and delayed OPENs.</summary>
    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 0)]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 0)]
    [InlineData(false, false, 2)]
    public void TwoSpeakers_AfterAnyTrouble_AgreeOnOneSession(bool passive, bool restart, int delayOpenSeconds)
    {
        int collisions = 0;
        int drops = 0;
        for (int seed = 1; seed <= Runs; seed++)
        {
            Network network = new(seed, With(First, restart, delayOpenSeconds), With(Second, restart, 0) with { Passive = passive });
            network.FaultPerMille = 60;
            network.Start();
            network.Run(TimeSpan.FromMinutes(3));
            network.FaultPerMille = 0;
            network.Run(TimeSpan.FromMinutes(5));
            Assert.True(network.AreBothUp, $"seed {seed}: {network.Describe()}");
            Assert.Equal(1, network.OpenPipes);
            collisions += (int)network.Sides[0].Session.Counters.Collisions;
            drops += (int)network.Sides[0].Session.Counters.Dropped;
            long established = network.Sides[0].Session.Counters.Established;
            network.Run(TimeSpan.FromMinutes(3));
            Assert.Equal(established, network.Sides[0].Session.Counters.Established);
            Assert.All(network.Sides, side => Assert.All(side.Session.Snapshot().Families, family => Assert.True(family is { EndOfRibReceived: true, EndOfRibSent: true })));
        }

        TestContext.Current.SendDiagnosticMessage("{0} collisions, {1} drops in {2} runs", collisions, drops, Runs);
        Assert.True(drops > 0);
        Assert.Equal(passive, collisions == 0);
    }

    /// <summary>Without faults, a simultaneous dial costs at most a retry.</summary>
    [Fact]
    [Trait("Scenario", "S37")]
    [Trait("Scenario", "I43")]
    public void TwoSpeakers_ThatDialAtOnce_AreUpWithinSeconds()
    {
        int late = 0;
        for (int seed = 1; seed <= 2 * Runs; seed++)
        {
            Network network = new(seed, First, Second);
            network.Start();
            network.Run(TimeSpan.FromSeconds(1));
            late += network.AreBothUp ? 0 : 1;
            network.Run(TimeSpan.FromSeconds(29));
            Assert.True(network.AreBothUp, $"seed {seed}: {network.Describe()}");
        }

        TestContext.Current.SendDiagnosticMessage("{0} of {1} not up after one second", late, 2 * Runs);
        Assert.InRange(late, 0, Runs / 10);
    }

    [Fact]
    public void SilentPeer_IsGivenUpAtTheHoldTime()
    {
        Network network = new(1, First, Second);
        network.Start();
        network.Run(TimeSpan.FromSeconds(30));
        Assert.True(network.AreBothUp);
        network.FaultPerMille = 1000;
        network.Run(TimeSpan.FromSeconds(10));
        Assert.False(network.AreBothUp);
    }

    private static SessionOptions With(SessionOptions options, bool restart, int delayOpenSeconds)
    {
        SessionOptions delayed = options with { DelayOpenTime = TimeSpan.FromSeconds(delayOpenSeconds) };
        return restart ? Probe.WithRestart(delayed) : delayed;
    }
}
