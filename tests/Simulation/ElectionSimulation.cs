// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Membership;
using LoadBalancer.Primitives;

namespace LoadBalancer.Simulation;

/// <summary>SIM_SEED replays one run of the random part; SIM_HOURS changes its length.</summary>
public sealed class ElectionSimulation(ITestOutputHelper log)
{
    private const long Second = SimulatedNetwork.Second;
    private const long Millisecond = SimulatedNetwork.Millisecond;

    /// <summary>310 ms of silence, half a millisecond on the wire.</summary>
    private const long GapBound = 312 * Millisecond;

    private enum Fault
    {
        Crash,
        QuickRestart,
        Leave,
        Pause,
        LinkFlap,
        Partition,
        Deaf,
        Mute,
        Loss,
    }

    private static SimulatedNetwork Started(int seed, int nodes, int addresses, HeartbeatKey? key = null, TimeSpan? failback = null)
    {
        SimulatedNetwork network = new(seed, nodes, addresses, key, failback);
        network.Nodes.ForEach(network.Start);
        network.RunFor(Second);
        Assert.True(network.AllOwnedOnce, network.Describe());
        network.ForgetWorst();
        return network;
    }

    [Fact]
    public void RandomFaults_FiftyVirtualHours_OneOwnerWithinASecondAndNoFlap()
    {
        double hours = double.Parse(Environment.GetEnvironmentVariable("SIM_HOURS") ?? "50", CultureInfo.InvariantCulture);
        string? replay = Environment.GetEnvironmentVariable("SIM_SEED");
        long start = TimeProvider.System.GetTimestamp();
        double run = 0;
        long silence = 0;
        int faults = 0;
        for (int seed = replay is null ? 1 : int.Parse(replay, CultureInfo.InvariantCulture); run < hours; seed++)
        {
            (double ranHours, long worst, int count) = RunSeed(seed);
            (run, silence, faults) = (run + ranHours, Math.Max(silence, worst), faults + count);
            if (replay is not null)
            {
                break;
            }
        }

        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        log.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{run:F1} virtual hours in {seconds:F1} s, {faults} faults, worst silence after one crash, pause or cut {silence / 1e6:F1} ms"));
    }

    private static (double Hours, long Silence, int Faults) RunSeed(int seed)
    {
        Random random = new(seed);
        int nodes = random.Next(20) switch { 0 => 5, < 4 => 3, _ => 2 };
        SimulatedNetwork network = Started(seed, nodes, random.Next(1, 9));
        network.Duplication = 0.01;
        long began = network.Now;
        long silence = 0;
        const int Rounds = 12;
        for (int round = 0; round < Rounds; round++)
        {
            Fault fault = (Fault)random.Next((int)Fault.Loss + 1);
            string where = string.Create(CultureInfo.InvariantCulture, $"SIM_SEED={seed} round {round} {fault} of {nodes} nodes: ");
            SimulatedNode victim = network.Nodes[random.Next(nodes)];
            network.ForgetWorst();
            Inflict(network, victim, fault, random);
            network.RunFor(random.NextInt64(10 * Millisecond, 3 * Second));
            Heal(network, victim, fault);
            network.RunFor(Second);
            Assert.True(network.AllOwnedOnce, where + network.Describe());
            if (fault is Fault.Crash or Fault.QuickRestart or Fault.Pause or Fault.LinkFlap)
            {
                Assert.True(network.WorstSilence <= GapBound, where + "silent for " + network.WorstSilence);
                silence = Math.Max(silence, network.WorstSilence);
            }
            else if (fault == Fault.Leave)
            {
                Assert.True(network.WorstSilence == 0, where + "a drain was silent for " + network.WorstSilence);
            }

            network.ForgetWorst();
            network.RunFor(random.NextInt64(240 * Second, 600 * Second));
            Assert.True(network.Changes == 0, where + "changes without a fault: " + network.Changes);
        }

        return ((network.Now - began) / 3600e9, silence, Rounds);
    }

    private static void Inflict(SimulatedNetwork network, SimulatedNode victim, Fault fault, Random random)
    {
        switch (fault)
        {
            case Fault.Crash:
                network.Crash(victim);
                break;
            case Fault.QuickRestart:
                network.Crash(victim);
                network.RunFor(random.NextInt64(Millisecond, 200 * Millisecond));
                network.Start(victim);
                break;
            case Fault.Leave:
                network.Leave(victim);
                network.RunFor(600 * Millisecond);
                Assert.True(victim.Election!.HasLeft);
                network.Crash(victim);
                break;
            case Fault.Pause:
                network.Pause(victim);
                break;
            case Fault.LinkFlap:
                network.SetLink(victim, false);
                break;
            case Fault.Partition:
                victim.Island = 1;
                break;
            case Fault.Deaf:
                victim.Deaf = true;
                break;
            case Fault.Mute:
                victim.Mute = true;
                break;
            case Fault.Loss:
                network.Loss = 0.4;
                network.Reordering = true;
                network.MaxDelay = 150 * Millisecond;
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void Heal(SimulatedNetwork network, SimulatedNode victim, Fault fault)
    {
        network.Loss = 0;
        network.Reordering = false;
        network.MaxDelay = Millisecond / 2;
        victim.Deaf = victim.Mute = false;
        victim.Island = 0;
        if (fault is Fault.Crash or Fault.Leave)
        {
            network.Start(victim);
        }
        else if (fault == Fault.Pause)
        {
            network.Resume(victim);
        }
        else if (fault == Fault.LinkFlap)
        {
            network.SetLink(victim, true);
        }
    }

    [Theory]
    [InlineData(2, 255)]
    [InlineData(100, 255)]
    public void Crash_ManyAddresses_TakenOverWithinTheBoundAndNothingElseMoves(int nodes, int addresses)
    {
        SimulatedNetwork network = Started(7, nodes, addresses, new HeartbeatKey("0123456789abcdef"u8));
        SimulatedNode victim = network.Nodes.MaxBy(static node => node.Answering.Count)!;
        Dictionary<IpAddr, SimulatedNode> before = Owners(network);
        network.Crash(victim);
        network.RunFor(Second);
        Assert.True(network.AllOwnedOnce, network.Describe());
        Assert.InRange(network.WorstSilence, 1, GapBound);
        foreach ((IpAddr address, SimulatedNode owner) in Owners(network))
        {
            Assert.True(before[address] == victim || before[address] == owner, $"{address} moved without need");
        }

        int most = network.Nodes.Max(static node => node.Answering.Count);
        int bound = LoadBalancer.Placement.Placer.Bound(addresses, nodes - 1);
        Assert.True(most <= bound, $"{most} addresses on one node, bound {bound}");
        log.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{nodes} nodes, {addresses} addresses: worst silence {network.WorstSilence / 1e6:F1} ms, worst double {network.WorstDouble / 1e6:F1} ms"));
        network.ForgetWorst();
        network.Start(victim);
        network.RunFor(3 * Second);
        Assert.Equal(0, network.Changes);
    }

    [Theory]
    [InlineData(2, 255)]
    [InlineData(5, 20)]
    public void Drain_EverythingHandedOver_NoInstantWithoutAnAnswer(int nodes, int addresses)
    {
        SimulatedNetwork network = Started(11, nodes, addresses);
        network.Leave(network.Nodes[0]);
        network.RunFor(100 * Millisecond);
        Assert.True(network.Nodes[0].Election!.HasLeft);
        Assert.Equal(0, network.WorstSilence);
        Assert.True(network.AllOwnedOnce, network.Describe());
    }

    [Fact]
    public void Failback_OptedIn_AddressesReturnOneByOneWithoutSilence()
    {
        SimulatedNetwork network = Started(13, 2, 6, failback: TimeSpan.FromSeconds(10));
        SimulatedNode victim = network.Nodes.MaxBy(static node => node.Answering.Count)!;
        int held = victim.Answering.Count;
        network.Crash(victim);
        network.RunFor(Second);
        network.Start(victim);
        network.ForgetWorst();
        network.RunFor(9 * Second);
        Assert.Empty(victim.Answering);
        network.RunFor(15 * Second);
        Assert.InRange(victim.Answering.Count, 1, held);
        Assert.Equal(0, network.WorstSilence);
        Assert.True(network.AllOwnedOnce, network.Describe());
        int after = network.Changes;
        network.RunFor(60 * Second);
        Assert.Equal(after, network.Changes);
    }

    private static Dictionary<IpAddr, SimulatedNode> Owners(SimulatedNetwork network) => network.Nodes
        .SelectMany(static node => node.Answering.Select(address => (address, node)))
        .ToDictionary(static pair => pair.address, static pair => pair.node);
}
