// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Primitives;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Simulation.Vrrp;

/// <summary>VRRP_SIM_HOURS changes how long it runs, SIM_SEED replays one run.</summary>
public sealed class VrrpSimulation(ITestOutputHelper log)
{
    private const int NodeCount = 5;

    private enum Fault
    {
        Crash,
        QuickRestart,
        Stop,
        Pause,
        Freeze,
        LinkDown,
        Partition,
        Loss,
        Delay,
        Deaf,
        Mute,
        Priority,
        Maintenance,
        Junk,
    }

    [Fact]
    [Trait("Scenario", "SC-05")]
    [Trait("Scenario", "SC-07")]
    [Trait("Scenario", "MIX-33")]
    public void RandomFaults_FiveNodes_OneMasterWithinTheProtocolsBounds()
    {
        double hours = double.Parse(Environment.GetEnvironmentVariable("VRRP_SIM_HOURS") ?? "10", CultureInfo.InvariantCulture);
        string? replay = Environment.GetEnvironmentVariable("SIM_SEED");
        long start = TimeProvider.System.GetTimestamp();
        TimeSpan run = TimeSpan.Zero;
        double dual = 0, empty = 0;
        long faults = 0, transitions = 0;
        for (int seed = replay is null ? 1 : int.Parse(replay, CultureInfo.InvariantCulture); run.TotalHours < hours; seed++)
        {
            (VrrpNetwork network, TimeSpan ran, int count) = RunSeed(seed);
            run += ran;
            faults += count;
            transitions += network.Transitions;
            (dual, empty) = (Math.Max(dual, network.WorstDual), Math.Max(empty, network.WorstEmpty));
            if (replay is not null)
            {
                break;
            }
        }

        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{run.TotalHours:F1} virtual hours in {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s, {faults} faults, {transitions} transitions; without loss two masters for at most {dual:F3} intervals, none for at most {empty:F3}"));
    }

    [Fact]
    [Trait("Scenario", "STM-29")]
    public void SimultaneousStart_EqualPriorities_OneMasterAfterTwoDownIntervals()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            VrrpNetwork network = new(seed, _ => Parameters(TimeSpan.FromMilliseconds(10), 3, 100, preempt: true), NodeCount)
            {
                MaxDelay = TimeSpan.FromMilliseconds(0.2),
            };
            foreach (VrrpNode node in network.Nodes)
            {
                node.Boot();
            }

            network.RunFor(TimeSpan.FromMilliseconds(73));
            network.CheckConverged(preempt: true);
        }
    }

    internal static VrrpParameters Parameters(TimeSpan interval, byte down, byte priority, bool preempt, VrrpVersion version = VrrpVersion.V3) => new()
    {
        Version = version,
        VirtualRouterId = 7,
        Interval = interval,
        Priority = priority,
        Addresses = [IpAddr.Parse("192.0.2.100")],
        Policy = new VrrpPolicy { DownAdvertisements = down, Preempt = preempt, Refresh = TimeSpan.Zero },
    };

    private static (VrrpNetwork Network, TimeSpan Ran, int Faults) RunSeed(int seed)
    {
        Random random = new(seed);
        TimeSpan interval = random.Next(4) switch
        {
            0 => TimeSpan.FromMilliseconds(10),
            1 => TimeSpan.FromMilliseconds(100),
            _ => TimeSpan.FromSeconds(1),
        };
        VrrpVersion version = interval.TotalSeconds >= 1 && random.Next(2) == 0 ? VrrpVersion.V2 : VrrpVersion.V3;
        bool preempt = random.Next(3) > 0;
        byte down = random.Next(3) == 0 ? (byte)5 : (byte)3;
        bool equal = random.Next(5) == 0;
        bool owner = random.Next(5) == 0;
        byte[] priorities = [.. Enumerable.Range(0, NodeCount).Select(i => equal ? (byte)100 : (byte)random.Next(1, 255))];
        priorities[0] = owner ? (byte)255 : priorities[0];
        VrrpNetwork network = new(seed, i => Parameters(interval, down, priorities[i], preempt, version), NodeCount)
        {
            MaxDelay = interval / 50,
            Duplication = 0.02,
            Doing = "boot",
        };
        MonoTime began = network.Now;
        foreach (VrrpNode node in network.Nodes)
        {
            node.Boot();
            network.RunFor(interval * random.NextDouble() * 2);
        }

        const int Rounds = 40;
        for (int round = 0; round < Rounds; round++)
        {
            Fault fault = (Fault)random.Next((int)Fault.Junk + 1);
            VrrpNode victim = network.Nodes[random.Next(NodeCount)];
            VrrpNode master = Array.Find(network.Nodes, node => node.IsMaster) ?? victim;
            victim = random.Next(2) == 0 ? master : victim;
            network.Doing = $"round {round} {fault} of {victim.Index}";
            network.Disturbed();
            Inflict(network, victim, fault, interval, random);
            network.RunFor(interval * (0.5 + (random.NextDouble() * 30)));
            network.Disturbed();
            VrrpNode? kept = preempt && !equal || owner ? null : Settled(network, victim, fault);
            Heal(network, victim, fault, random);
            network.Doing += " healed";
            network.RunFor(interval * random.NextDouble() * 5);
            Assert.True(kept?.IsMaster != false, $"{network.Describe()}: {victim.Index} took over from {kept?.Index}, which was well");
            if (random.Next(3) > 0)
            {
                // Twice the longest master-down interval: a round of promotions, and what comes of it.
                network.RunFor((interval * (2 * (down + 3))) + TimeSpan.FromSeconds(version == VrrpVersion.V2 ? 4 : 0));
                network.CheckConverged(preempt || equal);
            }
        }

        return (network, network.Now - began, Rounds);
    }

    /// <summary>The one master there is, if it has been for more than an interval, and who comes back is not to take over from it.</summary>
    private static VrrpNode? Settled(VrrpNetwork network, VrrpNode victim, Fault fault)
    {
        VrrpNode[] masters = [.. network.Nodes.Where(node => node.IsMaster)];
        return fault is Fault.Crash or Fault.Stop or Fault.LinkDown or Fault.Maintenance
            && masters is [var only] && only != victim && network.Now - only.Instance!.Since > only.Parameters.Interval ? only : null;
    }

    /// <summary>Who leaves of its own will is not missed: the next is master after its skew, not after a master-down interval.</summary>
    private static void Resign(VrrpNetwork network, VrrpNode victim, VrrpEvent leave)
    {
        VrrpNode[] others = [.. network.Nodes.Where(node => node != victim && node.IsEligible)];
        // What is still under way would be heard after the farewell, and take it back.
        bool followed = victim.IsMaster && others.Length > 0 && network.UnderWay == 0
            && others.All(node => node.Instance!.State == VrrpState.Backup && (node.Instance.MasterAddress ?? victim.Address) == victim.Address);
        victim.Step(leave);
        if (followed)
        {
            VrrpParameters parameters = victim.Parameters;
            network.RunFor((parameters.Version == VrrpVersion.V2 ? TimeSpan.FromSeconds(1) : parameters.Interval) + (network.MaxDelay * 2) + TimeSpan.FromMilliseconds(2));
            Assert.True(network.Nodes.Any(node => node.IsMaster), $"{network.Describe()}: {victim.Index} said farewell, and nobody is master after the skew");
        }
    }

    private static void Inflict(VrrpNetwork network, VrrpNode victim, Fault fault, TimeSpan interval, Random random)
    {
        switch (fault)
        {
            case Fault.Crash:
                victim.Crash();
                break;
            case Fault.QuickRestart:
                victim.Crash();
                network.RunFor(interval * random.NextDouble() * 4);
                network.Disturbed();
                victim.Boot(victim.DiedAt == MonoTime.Never ? null : network.Now - victim.DiedAt);
                break;
            case Fault.Stop:
                Resign(network, victim, VrrpEvent.Stop);
                break;
            case Fault.Pause or Fault.Freeze:
                victim.Pause();
                break;
            case Fault.LinkDown:
                victim.SetLink(false);
                break;
            case Fault.Partition:
                foreach (VrrpNode node in network.Nodes)
                {
                    node.Side = random.Next(2);
                }

                break;
            case Fault.Loss:
                network.Loss = 0.05 + (random.NextDouble() * 0.3);
                break;
            case Fault.Delay:
                network.MaxDelay = interval * 0.8;
                break;
            case Fault.Deaf:
                victim.IsDeaf = true;
                break;
            case Fault.Mute:
                victim.IsMute = true;
                break;
            case Fault.Priority:
                victim.Step(VrrpEvent.Priority((byte)random.Next(1, 255)));
                break;
            case Fault.Maintenance:
                Resign(network, victim, VrrpEvent.Maintenance(true));
                break;
            case Fault.Junk:
                Junk(network, interval, random);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void Heal(VrrpNetwork network, VrrpNode victim, Fault fault, Random random)
    {
        network.Loss = 0;
        network.MaxDelay = victim.Parameters.Interval / 50;
        foreach (VrrpNode node in network.Nodes)
        {
            (node.Side, node.IsDeaf, node.IsMute) = (0, false, false);
        }

        switch (fault)
        {
            case Fault.Crash:
                victim.Boot(victim.DiedAt == MonoTime.Never || random.Next(2) == 0 ? null : network.Now - victim.DiedAt);
                break;
            case Fault.Stop:
                victim.Step(VrrpEvent.Start);
                break;
            case Fault.Pause or Fault.Freeze:
                victim.Wake(lost: fault == Fault.Freeze);
                break;
            case Fault.LinkDown:
                victim.SetLink(true);
                break;
            case Fault.Priority:
                victim.Step(VrrpEvent.Priority(victim.Parameters.Priority));
                break;
            case Fault.Maintenance:
                victim.Step(VrrpEvent.Maintenance(false));
                break;
            case Fault.QuickRestart or Fault.Partition or Fault.Loss or Fault.Delay or Fault.Deaf or Fault.Mute or Fault.Junk:
                break;
            default:
                throw new UnreachableException();
        }
    }

    // Messages that would end every mastership, were they not wrong: too many hops behind them.
    private static void Junk(VrrpNetwork network, TimeSpan interval, Random random)
    {
        VrrpParameters parameters = network.Nodes[0].Parameters;
        IpAddr source = IpAddr.Parse("192.0.2.200");
        VrrpMessage fields = new()
        {
            Version = parameters.Version,
            VirtualRouterId = parameters.VirtualRouterId,
            Priority = 255,
            Centiseconds = (int)(interval.TotalMilliseconds / 10),
        };
        byte[] octets = new byte[VrrpMessage.LengthOf(parameters.Version, IpFamily.IPv4, 1)];
        _ = fields.TryWrite(octets, IpFamily.IPv4, [.. parameters.Addresses], out _);
        VrrpMessage.Seal(octets, 255, source, VrrpWire.IPv4Group, ChecksumForm.PseudoHeader);
        long before = network.Transitions;
        for (int i = 0; i < 50; i++)
        {
            VrrpArrival arrival = new(source, VrrpWire.IPv4Group, (byte)random.Next(255), 1);
            foreach (VrrpNode node in network.Nodes)
            {
                node.Deliver(octets, arrival);
            }
        }

        Assert.Equal(before, network.Transitions);
    }
}
