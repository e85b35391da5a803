// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd.Tests;

/// <summary>
/// Two hosts with the same number of sessions between them over a wire that loses and delays but keeps the order, in virtual time. Each host is
/// a driver as the product has it: one demultiplexer, one heap of deadlines, one transmit buffer.
/// </summary>
internal sealed class Link
{
    private static readonly IpAddr[] Addresses = [IpAddr.Parse("192.0.2.1"), IpAddr.Parse("192.0.2.2")];

    // More than are on the way at once with one session: what the wire itself allocates is not the machine's.
    private const int SpareBuffers = 64;

    private readonly Host[] _hosts;
    private readonly PriorityQueue<Flight, (long At, long Order)> _wire = new(4096);
    private readonly Stack<byte[]> _buffers = new();
    private readonly Random _random;
    private readonly long[] _lastArrival = new long[2];
    private long _order;

    public Link(int seed, int sessions, BfdParameters parameters, BfdParameters? ofSecond = null)
    {
        _random = new Random(seed);
        for (int i = 0; i < SpareBuffers; i++)
        {
            _buffers.Push(new byte[BfdPacket.MaxLength]);
        }

        _hosts = [new Host(0, sessions, parameters, (ulong)seed), new Host(1, sessions, ofSecond ?? parameters, (ulong)seed + 1)];
        foreach (Host host in _hosts)
        {
            foreach (BfdSession session in host.Sessions)
            {
                Step(host, session, BfdEvent.Enable);
            }
        }
    }

    public MonoTime Now { get; private set; } = new(0);

    /// <summary>Share of packets lost, per mille, in both directions.</summary>
    public int LossPerMille { get; set; }

    /// <summary>Whether all packets are lost on the way to a host.</summary>
    public bool[] CutTowards { get; } = new bool[2];

    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(2);

    public long Delivered { get; private set; }

    public List<(MonoTime At, int Host, BfdTransition Transition)> Transitions { get; } = new(1024);

    public Dictionary<BfdDiscard, int> Discards { get; } = [];

    public int UpCount => _hosts.Sum(host => host.Sessions.Count(session => session.State == BfdState.Up));

    public BfdSession Session(int host, int index = 0) => _hosts[host].Sessions[index];

    public MonoTime LastDeliveryTo(int host) => _hosts[host].LastDelivery;

    public void Tell(int host, BfdSession session, in BfdEvent input) => Step(_hosts[host], session, input);

    public void Run(TimeSpan span)
    {
        MonoTime end = Now + span;
        while (true)
        {
            MonoTime arrival = _wire.TryPeek(out _, out (long At, long Order) first) ? new(first.At) : MonoTime.Never;
            MonoTime timer = MonoTime.Min(_hosts[0].Deadlines.Next, _hosts[1].Deadlines.Next);
            MonoTime next = MonoTime.Min(arrival, timer);
            if (next > end)
            {
                Now = end;
                return;
            }

            Now = next > Now ? next : Now;
            if (arrival <= Now)
            {
                Deliver(_wire.Dequeue());
            }
            else
            {
                Host host = _hosts[0].Deadlines.Next <= Now ? _hosts[0] : _hosts[1];
                Assert.True(host.Deadlines.TryTakeDue(Now, out BfdSession session));
                Step(host, session, BfdEvent.Timer);
            }
        }
    }

    private void Deliver(Flight flight)
    {
        Host host = _hosts[flight.To];
        ReadOnlySpan<byte> datagram = flight.Octets.AsSpan(0, flight.Length);
        BfdDiscard reason = BfdDiscard.None;
        if (BfdPacket.TryRead(datagram, out BfdPacket packet, out reason)
            && host.Sessions.Demultiplexer.TryFind(packet, host.Arrived(flight.Interface), out BfdSession? session, out reason))
        {
            Delivered++;
            host.LastDelivery = Now;
            Step(host, session, BfdEvent.Received(packet, datagram, BfdParameters.FullHopLimit));
        }

        Count(reason);
        _buffers.Push(flight.Octets);
    }

    private void Step(Host host, BfdSession session, in BfdEvent input)
    {
        BfdEffects effects = new(host.TransmitBuffer);
        session.Step(input, Now, ref effects);
        for (int i = 0; i < effects.Count; i++)
        {
            BfdEffect effect = effects[i];
            switch (effect.Kind)
            {
                case BfdEffectKind.Transmit:
                    Send(1 - host.Number, session.Path.Interface, effects.Packet);
                    break;
                case BfdEffectKind.StateChanged:
                    Transitions.Add((Now, host.Number, effect.Transition));
                    break;
                case BfdEffectKind.ArmTimer:
                    host.Deadlines.Set(session, effect.Deadline);
                    break;
                case BfdEffectKind.Discarded:
                    Count(effect.Discard);
                    break;
                case BfdEffectKind.IntervalsChanged:
                case BfdEffectKind.Silent:
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        Assert.True(session.NextDeadline == MonoTime.Never || host.Deadlines.Next <= session.NextDeadline);
    }

    private void Send(int to, int interfaceIndex, ReadOnlySpan<byte> packet)
    {
        if (CutTowards[to] || _random.Next(1000) < LossPerMille)
        {
            return;
        }

        byte[] octets = _buffers.TryPop(out byte[]? used) ? used : new byte[BfdPacket.MaxLength];
        packet.CopyTo(octets);
        long delay = _random.NextInt64((MaxDelay.Ticks * 100) + 1);
        _lastArrival[to] = Math.Max(_lastArrival[to], Now.Nanoseconds + delay);
        _wire.Enqueue(new Flight(to, interfaceIndex, octets, packet.Length), (_lastArrival[to], _order++));
    }

    private void Count(BfdDiscard reason)
    {
        if (reason != BfdDiscard.None)
        {
            Discards[reason] = Discards.GetValueOrDefault(reason) + 1;
        }
    }

    private readonly record struct Flight(int To, int Interface, byte[] Octets, int Length);

    private sealed class SessionList : List<BfdSession>
    {
        public SessionList(int number, int sessions, BfdParameters parameters, ulong seed)
        {
            Demultiplexer = new BfdDemultiplexer(seed);
            for (int i = 1; i <= sessions; i++)
            {
                Assert.True(Demultiplexer.TryAdd(
                    new BfdPath(BfdHops.SingleHop, Addresses[1 - number], Addresses[number], i), parameters, out BfdSession session));
                Add(session);
            }
        }

        public BfdDemultiplexer Demultiplexer { get; }
    }

    private sealed class Host(int number, int sessions, BfdParameters parameters, ulong seed)
    {
        public int Number { get; } = number;

        public SessionList Sessions { get; } = new(number, sessions, parameters, seed);

        public DeadlineHeap<BfdSession> Deadlines { get; } = new();

        public byte[] TransmitBuffer { get; } = new byte[BfdPacket.MaxLength];

        public MonoTime LastDelivery { get; set; }

        public BfdPath Arrived(int interfaceIndex) => new(BfdHops.SingleHop, Addresses[1 - Number], Addresses[Number], interfaceIndex);
    }
}
