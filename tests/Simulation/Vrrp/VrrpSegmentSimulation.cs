// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Simulation.Vrrp;

/// <summary>What a segment does to advertisements, and how many nodes and routers there are: one question each, always the same runs.</summary>
public sealed class VrrpSegmentSimulation(ITestOutputHelper log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <summary>By the chance of losing all advertisements of a master-down interval; a backup that missed them takes over.</summary>
    [Theory]
    [InlineData(3, 0.1, 0.3)]
    [InlineData(3, 0.3, 4)]
    [InlineData(3, 0.5, 10)]
    [InlineData(5, 0.1, 0.02)]
    [InlineData(5, 0.3, 1)]
    [Trait("Scenario", "FI-15")]
    public void RandomLoss_FifteenSeconds_TakesOverNoMoreOftenThanChanceHasIt(byte deadAfter, double loss, double most)
    {
        const int Runs = 100;
        double takeovers = 0;
        for (int seed = 1; seed <= Runs; seed++)
        {
            VrrpNetwork network = Pair(seed, deadAfter);
            network.Loss = loss;
            network.RunFor(TimeSpan.FromSeconds(15));
            takeovers += network.Nodes[1].Instance!.Counters.BecameMaster;
        }

        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{takeovers / Runs:f2} takeovers in 15 s at {loss:p0} and {deadAfter} intervals"));
        Assert.InRange(takeovers / Runs, 0, most);
    }

    /// <summary>Bursts that hit two advertisements in a row, and any bursts where five may be missed.</summary>
    [Theory]
    [InlineData(3, 0, 20)]
    [InlineData(3, 80, 90)]
    [InlineData(5, 0, 90)]
    [Trait("Scenario", "FI-16")]
    public void BurstLoss_AQuarterOfEachSecond_NobodyTakesOver(byte deadAfter, int firstPhase, int lastPhase)
    {
        for (int phase = firstPhase; phase <= lastPhase; phase += 10)
        {
            VrrpNetwork network = Pair(1, deadAfter);
            network.RunFor(TimeSpan.FromMilliseconds(phase));
            for (int second = 0; second < 20; second++)
            {
                network.Loss = 0;
                network.RunFor(TimeSpan.FromMilliseconds(750));
                network.Loss = 1;
                network.RunFor(TimeSpan.FromMilliseconds(250));
            }

            Assert.Equal(0u, network.Nodes[1].Instance!.Counters.BecameMaster);
        }
    }

    [Theory]
    [InlineData(80, 0)]
    [InlineData(150, 0.3)]
    [Trait("Scenario", "FI-17")]
    [Trait("Scenario", "FI-18")]
    public void DelayReorderingAndDuplication_AnHour_NobodyTakesOver(int milliseconds, double duplication)
    {
        VrrpNetwork network = new(1, static index => VrrpSimulation.Parameters(Interval, 3, (byte)(100 + (index * 20)), true), 5);
        Boot(network);
        network.MaxDelay = TimeSpan.FromMilliseconds(milliseconds);
        network.Duplication = duplication;
        long before = network.Transitions;
        network.RunFor(TimeSpan.FromHours(1));
        Assert.Equal(before, network.Transitions);
        network.CheckConverged(preempt: true);
    }

    /// <summary>0.04 ms lie between the two, less than a message is under way: both may take over, for one advertisement.</summary>
    [Fact]
    [Trait("Scenario", "STM-30")]
    public void ThirdDies_PrioritiesOneApart_TheBetterIsMasterAfterOneAdvertisement()
    {
        TimeSpan interval = TimeSpan.FromMilliseconds(10);
        byte[] priorities = [200, 101, 100];
        for (int seed = 1; seed <= 20; seed++)
        {
            VrrpNetwork network = new(seed, index => VrrpSimulation.Parameters(interval, 3, priorities[index], true), 3) { MaxDelay = TimeSpan.FromMilliseconds(0.2) };
            Boot(network);
            network.RunFor(interval * seed / 20);
            network.Nodes[0].Crash();
            network.Disturbed();
            network.RunFor(TimeSpan.FromMilliseconds(36.1 + 50));
            network.CheckConverged(preempt: true);
            Assert.True(network.Nodes[1].IsMaster, network.Describe());
        }
    }

    /// <summary>Of two masters of one priority the one with the higher address stays (RFC 9568 6.4.3).</summary>
    [Fact]
    [Trait("Scenario", "MIX-23")]
    public void SplitHeals_EqualPriorities_TheHigherAddressStays()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            VrrpNetwork network = new(seed, static _ => VrrpSimulation.Parameters(Interval, 3, 100, preempt: true), 5) { MaxDelay = TimeSpan.FromMilliseconds(2) };
            Boot(network);
            foreach (VrrpNode node in network.Nodes)
            {
                node.Side = (node.Index + seed) % 2;
            }

            network.Disturbed();
            network.RunFor(Settled);
            VrrpNode[] masters = [.. network.Nodes.Where(node => node.IsMaster)];
            Assert.Equal(2, masters.Length);
            foreach (VrrpNode node in network.Nodes)
            {
                node.Side = 0;
            }

            network.Disturbed();
            network.RunFor(Interval * 2);
            network.CheckConverged(preempt: true);
            Assert.True(masters[1].IsMaster, network.Describe());
        }
    }

    [Fact]
    [Trait("Scenario", "MIX-36")]
    public void SimultaneousStart_OfEveryRouterOfAnInterface_NoneIsMasterThatShouldNot()
    {
        for (int router = 1; router <= 255; router++)
        {
            VrrpNetwork network = Pair(router, 3);
            Assert.Equal((1u, 0u), (network.Nodes[0].Instance!.Counters.BecameMaster, network.Nodes[1].Instance!.Counters.BecameMaster));
            Assert.Equal(3, network.Transitions);
        }
    }

    [Fact]
    [Trait("Scenario", "SC-04")]
    public void FiftyNodes_AtRest_TheMasterAloneIsHeard()
    {
        VrrpNetwork network = new(1, static index => VrrpSimulation.Parameters(Interval, 3, (byte)(100 + index), true), 50);
        Boot(network);
        long before = network.Sent;
        network.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal(600, network.Sent - before);
        network.CheckConverged(preempt: true);
    }

    private static VrrpNetwork Pair(int seed, byte deadAfter)
    {
        VrrpNetwork network = new(seed, index => VrrpSimulation.Parameters(Interval, deadAfter, index == 0 ? (byte)200 : (byte)100, true), 2);
        Boot(network);
        return network;
    }

    private static void Boot(VrrpNetwork network)
    {
        foreach (VrrpNode node in network.Nodes)
        {
            node.Boot();
        }

        network.RunFor(Settled);
    }
}
