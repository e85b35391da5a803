// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Membership;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;

namespace LoadBalancer.Simulation;

/// <summary>Speakers on one segment in virtual time; keeps, for each address, how many answer for it at each instant.</summary>
internal sealed class SimulatedNetwork
{
    public const string Interface = "eth0";
    public const long Millisecond = 1_000_000;
    public const long Second = 1000 * Millisecond;
    private static readonly IpPrefix[] Prefixes = [IpPrefix.Parse("198.51.100.0/24"), IpPrefix.Parse("203.0.113.0/24")];

    private readonly PriorityQueue<(SimulatedNode Node, byte[]? Datagram), (long Time, long Order)> _queue = new();
    private readonly Random _random;
    private readonly HeartbeatKey? _key;
    private readonly Dictionary<IpAddr, int> _owners = [];
    private readonly Dictionary<(SimulatedNode From, SimulatedNode To), long> _lastArrival = [];
    private readonly Dictionary<IpAddr, long> _silentSince = [];
    private readonly Dictionary<IpAddr, long> _doubleSince = [];
    private readonly IReadOnlyList<AddressDemand> _demands;
    private long _order;

    public SimulatedNetwork(int seed, int nodes, int addresses, HeartbeatKey? key = null, TimeSpan? failback = null)
    {
        _random = new Random(seed);
        _key = key;
        for (int i = 0; i < nodes; i++)
        {
            Nodes.Add(new SimulatedNode(string.Create(CultureInfo.InvariantCulture, $"node-{i}")));
        }

        CandidateSet all = new(Nodes.Select(static node => new Candidate { Node = node.Name }));
        _demands = [.. Enumerable.Range(0, addresses).Select(i => Demand(IpAddr.FromUInt32(0xC633_6400 + (uint)i), all, failback))];
        foreach (AddressDemand demand in _demands)
        {
            _owners[demand.Address] = 0;
            _silentSince[demand.Address] = 0;
        }
    }

    public List<SimulatedNode> Nodes { get; } = [];

    public long Now { get; private set; } = Second;

    public double Loss { get; set; }

    public long MaxDelay { get; set; } = Millisecond / 2;

    public double Duplication { get; set; }

    /// <summary>A switch keeps the order of one sender's frames; this lets them overtake each other.</summary>
    public bool Reordering { get; set; }

    /// <summary>Longest silences and doubles, in nanoseconds, since the last <see cref="ForgetWorst"/>.</summary>
    public long WorstSilence { get; private set; }

    public long WorstDouble { get; private set; }

    public int Changes { get; private set; }

    public MonoTime Time => new(Now);

    public int OwnersOf(IpAddr address) => _owners[address];

    public IEnumerable<IpAddr> Addresses => _demands.Select(static demand => demand.Address);

    public bool AllOwnedOnce => _owners.Values.All(static count => count == 1);

    public string Describe() => string.Join("; ", _owners.Where(static pair => pair.Value != 1)
        .Select(pair => $"{pair.Key} by [{string.Join(',', Nodes.Where(node => node.Answering.Contains(pair.Key)).Select(static node => node.Name))}]"));

    public void ForgetWorst()
    {
        WorstSilence = 0;
        WorstDouble = 0;
        Changes = 0;
        foreach (IpAddr address in _silentSince.Keys)
        {
            _silentSince[address] = Now;
        }

        foreach (IpAddr address in _doubleSince.Keys)
        {
            _doubleSince[address] = Now;
        }
    }

    public void Start(SimulatedNode node)
    {
        node.Inbox.Clear();
        node.LinkUp = true;
        node.Election = new Election(SimulatedNode.Options(node.Name, _key), (ulong)_random.NextInt64());
        node.Election.SetLink(Interface, true, Prefixes, Time);
        node.Election.SetDemands(_demands, Time);
        Run(node);
    }

    public void Crash(SimulatedNode node)
    {
        node.Election = null;
        node.Paused = false;
        Silence(node);
    }

    public void Pause(SimulatedNode node)
    {
        node.Paused = true;
        _queue.Enqueue((node, null), (node.Election!.FenceAt.Nanoseconds, _order++));
    }

    public void Resume(SimulatedNode node)
    {
        node.Paused = false;
        while (node.Inbox.TryDequeue(out byte[]? datagram))
        {
            node.Election!.Receive(Interface, datagram, Time);
        }

        Run(node);
        foreach (IpAddr address in Addresses.Where(address => node.Election!.Announces(Interface, address)))
        {
            Answer(node, address, true);
        }
    }

    public void SetLink(SimulatedNode node, bool up)
    {
        node.LinkUp = up;
        node.Election!.SetLink(Interface, up, Prefixes, Time);
        Run(node);
    }

    public void Leave(SimulatedNode node)
    {
        node.Election!.Leave(Time);
        Run(node);
    }

    public void RunFor(long span)
    {
        long end = Now + span;
        while (_queue.TryPeek(out (SimulatedNode Node, byte[]? Datagram) item, out (long Time, long Order) at) && at.Time <= end)
        {
            _queue.Dequeue();
            Now = Math.Max(Now, at.Time);
            Deliver(item.Node, item.Datagram, at.Time);
        }

        Now = end;
        foreach ((IpAddr address, int count) in _owners)
        {
            Note(address, count);
        }
    }

    private void Deliver(SimulatedNode node, byte[]? datagram, long at)
    {
        if (node.Election is null)
        {
            return;
        }

        if (node.Paused)
        {
            if (datagram is not null)
            {
                node.Inbox.Enqueue(datagram);
            }
            else if (Time >= node.Election.FenceAt)
            {
                Silence(node);
            }

            return;
        }

        if (datagram is not null)
        {
            node.Election.Receive(Interface, datagram, Time);
        }
        else if (at != node.Wake)
        {
            return;
        }

        Run(node);
    }

    private void Run(SimulatedNode node)
    {
        Election election = node.Election!;
        while (election.NextDeadline.Nanoseconds <= Now)
        {
            election.Tick(Time, node.Output);
            foreach (ElectionChange change in node.Output.Changes)
            {
                Changes++;
                Answer(node, change.Address, change.Announce);
            }

            foreach (OutgoingHeartbeat heartbeat in node.Output.Heartbeats)
            {
                Send(node, heartbeat.Datagram.ToArray());
            }

            node.Output.Clear();
        }

        long next = election.NextDeadline.Nanoseconds;
        if (next != node.Wake || next <= Now)
        {
            node.Wake = next;
            if (next != long.MaxValue)
            {
                _queue.Enqueue((node, null), (next, _order++));
            }
        }
    }

    private void Send(SimulatedNode from, byte[] datagram)
    {
        if (from.Mute || !from.LinkUp)
        {
            return;
        }

        foreach (SimulatedNode to in Nodes)
        {
            if (to == from || to.Deaf || !to.LinkUp || to.Island != from.Island)
            {
                continue;
            }

            for (int copies = _random.NextDouble() < Duplication ? 2 : 1; copies > 0; copies--)
            {
                if (_random.NextDouble() >= Loss)
                {
                    long arrival = Now + _random.NextInt64(Millisecond / 20, MaxDelay);
                    arrival = Reordering ? arrival : Math.Max(arrival, _lastArrival.GetValueOrDefault((from, to)));
                    _lastArrival[(from, to)] = arrival;
                    _queue.Enqueue((to, datagram), (arrival, _order++));
                }
            }
        }
    }

    private void Silence(SimulatedNode node)
    {
        foreach (IpAddr address in node.Answering.ToArray())
        {
            Answer(node, address, false);
        }
    }

    private void Answer(SimulatedNode node, IpAddr address, bool answers)
    {
        if (answers ? !node.Answering.Add(address) : !node.Answering.Remove(address))
        {
            return;
        }

        int before = _owners[address];
        Note(address, before);
        int after = _owners[address] = before + (answers ? 1 : -1);
        if (after == 0)
        {
            _silentSince[address] = Now;
        }

        if (after == 2 && before == 1)
        {
            _doubleSince[address] = Now;
        }
    }

    private void Note(IpAddr address, int count)
    {
        if (count == 0)
        {
            WorstSilence = Math.Max(WorstSilence, Now - _silentSince[address]);
        }
        else if (count > 1)
        {
            WorstDouble = Math.Max(WorstDouble, Now - _doubleSince[address]);
        }
    }

    private static AddressDemand Demand(IpAddr address, CandidateSet all, TimeSpan? failback) =>
        new() { Address = address, Group = address.ToString(), Candidates = all, FailbackAfter = failback };
}
