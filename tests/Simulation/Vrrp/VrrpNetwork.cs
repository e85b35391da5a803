// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Simulation.Vrrp;

/// <summary>A segment of nodes under virtual time, and what must hold of it at every instant.</summary>
internal sealed class VrrpNetwork
{
    private readonly PriorityQueue<(VrrpNode To, byte[] Octets, VrrpArrival Arrival), (long At, long Order)> _wire = new();
    private readonly Random _random;
    private readonly MonoTime?[] _dualSince;
    private readonly MonoTime?[] _emptySince;
    private long _order;

    public VrrpNetwork(int seed, Func<int, VrrpParameters> parameters, int nodes)
    {
        Seed = seed;
        _random = new Random(seed);
        Nodes = [.. Enumerable.Range(0, nodes).Select(index => new VrrpNode(this, index, parameters(index)))];
        _dualSince = new MonoTime?[nodes];
        _emptySince = new MonoTime?[nodes];
    }

    public int Seed { get; }

    public VrrpNode[] Nodes { get; }

    public MonoTime Now { get; private set; } = new(1_000_000_000_000);

    public TimeSpan MaxDelay { get; set; }

    public double Loss { get; set; }

    public double Duplication { get; set; }

    public long Transitions { get; set; }

    /// <summary>Messages that were put on the segment.</summary>
    public long Sent { get; private set; }

    /// <summary>Messages that have not arrived yet.</summary>
    public int UnderWay => _wire.Count;

    public string Doing { get; set; } = "";

    /// <summary>In intervals, without loss.</summary>
    public double WorstDual { get; private set; }

    /// <summary>In intervals, without loss.</summary>
    public double WorstEmpty { get; private set; }

    private TimeSpan Interval => Nodes[0].Parameters.Interval;

    /// <summary>The better master is heard within an interval; with loss, one of many adverts gets through.</summary>
    private TimeSpan DualBound => (Interval * (Loss > 0 ? 30 : 1)) + (MaxDelay * 2) + TimeSpan.FromMilliseconds(2);

    /// <summary>The master-down interval of the lowest priority, once more listened after an oversleep.</summary>
    private TimeSpan EmptyBound => (Interval * (Nodes[0].Parameters.Policy.DownAdvertisements + (Loss > 0 ? 20 : 3)))
        + TimeSpan.FromSeconds(Nodes[0].Parameters.Version == VrrpVersion.V2 ? 2 : 0) + (MaxDelay * 2) + TimeSpan.FromMilliseconds(5);

    private bool OneWay => Nodes.Any(node => node.IsDeaf || node.IsMute);

    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"SIM_SEED={Seed} {Doing} at {Now}: {string.Join(", ", Nodes.Select(node => $"{node.Index}:{node.Instance?.State.ToString() ?? "dead"}{(node.IsPaused ? " paused" : "")} prio {node.Instance?.EffectivePriority} side {node.Side}"))}");

    /// <summary>Something was done to the network or a node: the protocol's bounds run from here.</summary>
    public void Disturbed()
    {
        Array.Clear(_dualSince);
        Array.Clear(_emptySince);
    }

    public void Broadcast(VrrpNode from, byte[] octets)
    {
        if (from.IsMute || !from.HasLink)
        {
            return;
        }

        Sent++;
        VrrpArrival arrival = new(from.Address, VrrpWire.IPv4Group, VrrpWire.FullHopLimit, 1);
        foreach (VrrpNode to in Nodes)
        {
            int copies = to == from || to.Side != from.Side || to.IsDeaf || _random.NextDouble() < Loss ? 0
                : _random.NextDouble() < Duplication ? 2 : 1;
            for (int copy = 0; copy < copies; copy++)
            {
                long delay = 20_000 + (long)(_random.NextDouble() * MaxDelay.Ticks * 100);
                _wire.Enqueue((to, octets, arrival), (Now.Nanoseconds + delay, _order++));
            }
        }
    }

    public void RunFor(TimeSpan span)
    {
        MonoTime end = Now + span;
        while (true)
        {
            VrrpNode first = Nodes[0];
            foreach (VrrpNode node in Nodes)
            {
                first = node.NextDeadline < first.NextDeadline ? node : first;
            }

            bool message = _wire.TryPeek(out _, out (long At, long Order) next) && next.At <= first.NextDeadline.Nanoseconds;
            MonoTime at = message ? new MonoTime(next.At) : first.NextDeadline;
            if (at > end)
            {
                break;
            }

            Now = at > Now ? at : Now;
            if (message)
            {
                (VrrpNode to, byte[] octets, VrrpArrival arrival) = _wire.Dequeue();
                to.Deliver(octets, arrival);
            }
            else
            {
                first.Step(VrrpEvent.Timer);
            }

            Check();
        }

        Now = end;
        Check();
    }

    /// <summary>After convergence: each side with somebody to serve has one master, and it is the best one if all preempt, or one owns the address.</summary>
    public void CheckConverged(bool preempt)
    {
        foreach (IGrouping<int, VrrpNode> side in Nodes.Where(node => node.HasLink).GroupBy(node => node.Side))
        {
            VrrpNode[] able = [.. side.Where(node => node.IsEligible)];
            VrrpNode[] masters = [.. side.Where(node => node.IsMaster)];
            Assert.True(masters.Length == Math.Min(able.Length, 1), $"{Describe()}: {masters.Length} masters on side {side.Key}");
            // An owner does, whatever it is told of others (RFC 9568 6.1).
            if (able.Length > 0 && (preempt || able.Any(node => node.Parameters.IsOwner)))
            {
                byte best = able.Max(node => node.Instance!.EffectivePriority);
                Assert.True(masters[0].Instance!.EffectivePriority == best, $"{Describe()}: the master is not the best");
            }
        }
    }

    private void Check()
    {
        for (int side = 0; side < 2; side++)
        {
            int masters = 0, able = 0;
            foreach (VrrpNode node in Nodes)
            {
                bool here = node.Side == side && node.HasLink;
                masters += here && node.IsMaster ? 1 : 0;
                able += here && node.IsEligible ? 1 : 0;
            }

            WorstDual = Judge(_dualSince, side, masters > 1 && !OneWay, DualBound, "masters at once", WorstDual);
            WorstEmpty = Judge(_emptySince, side, masters == 0 && able > 0 && !OneWay, EmptyBound, "no master", WorstEmpty);
        }
    }

    private double Judge(MonoTime?[] since, int side, bool bad, TimeSpan bound, string what, double worst)
    {
        if (!bad)
        {
            since[side] = null;
            return worst;
        }

        since[side] ??= Now;
        TimeSpan lasted = Now - since[side]!.Value;
        Assert.True(lasted <= bound, $"{Describe()}: {what} for {lasted.TotalMilliseconds} ms, {bound.TotalMilliseconds} are allowed");
        double intervals = Loss > 0 ? 0 : lasted / Interval;
        return Math.Max(worst, intervals);
    }
}
