// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>
/// Two sessions over an in-memory transport in virtual time: dials take time, fail or hang, octets come late and cut
/// anywhere, connections break. Each side is a driver as the product has it.
/// </summary>
internal sealed class Network
{
    private readonly PriorityQueue<Action, (long At, long Order)> _queue = new();
    private readonly Random _random;
    private readonly List<Pipe> _pipes = [];
    private long _order;

    public Network(int seed, SessionOptions first, SessionOptions second)
    {
        _random = new Random(seed);
        Sides = [new Side(this, 0, new BgpSession(first, (ulong)seed * 2)), new Side(this, 1, new BgpSession(second, ((ulong)seed * 2) + 1))];
    }

    public Side[] Sides { get; }

    public MonoTime Now { get; private set; } = new(1);

    /// <summary>In per mille: dials that fail or hang, deliveries at which the connection breaks.</summary>
    public int FaultPerMille { get; set; }

    public int MaxDelayMilliseconds { get; set; } = 20;

    public bool AreBothUp => Sides[0].Session.State == SessionState.Established && Sides[1].Session.State == SessionState.Established;

    /// <summary>Transport connections that are not closed on either side.</summary>
    public int OpenPipes => _pipes.Count(pipe => pipe.IsOpen);

    public string Describe() => $"{Now}: " + string.Join("; ", Sides.Select(side =>
        $"{side.Session.State}, next attempt {side.Session.Snapshot().NextAttempt}, {side.Session.Snapshot().LastEnd}"));

    public void Start()
    {
        foreach (Side side in Sides)
        {
            After(_random.Next(MaxDelayMilliseconds * 4), () => side.Do(SessionEvent.Start));
        }
    }

    public void Run(TimeSpan time)
    {
        MonoTime end = Now + time;
        while (_queue.TryPeek(out _, out (long At, long Order) next) && next.At <= end.Nanoseconds)
        {
            Now = new(Math.Max(Now.Nanoseconds, next.At));
            _queue.Dequeue()();
            Check();
        }

        Now = end;
        _ = _pipes.RemoveAll(pipe => !pipe.IsOpen);
    }

    // What one side believes is up, the other has at least confirmed, or lost without knowing yet: never are two up on one side.
    private void Check()
    {
        foreach (Side side in Sides)
        {
            Assert.InRange(side.Up, 0, 1);
            Assert.InRange(side.Live, 0, 3);
        }
    }

    private void After(double milliseconds, Action action) => _queue.Enqueue(action, (Now.Nanoseconds + (long)(milliseconds * 1e6), _order++));

    private bool Faulty() => _random.Next(1000) < FaultPerMille;

    private void Dial(Side from, ConnectionId id)
    {
        Side to = Sides[1 - from.Number];
        int delay = _random.Next(MaxDelayMilliseconds + 1);
        if (Faulty())
        {
            if (_random.Next(2) == 0)
            {
                After(delay, () => from.Do(SessionEvent.ConnectFailed(id, "refused")));
            }

            return;
        }

        After(delay, () =>
        {
            Pipe pipe = new(from, id, to, new(ConnectionOrigin.Incoming, ++to.Accepted));
            _pipes.Add(pipe);
            from.Pipes[id] = pipe;
            to.Pipes[pipe.To] = pipe;
            // The two sides learn of it in any order; no octets come to a side that has not.
            int accepted = _random.Next(MaxDelayMilliseconds + 1);
            int connected = _random.Next(MaxDelayMilliseconds + 1);
            After(connected, () => from.Do(SessionEvent.Connected(id)));
            After(accepted, () => to.Accept(pipe));
            pipe.LastArrival[0] = Now.Nanoseconds + (accepted * 1_000_000L);
            pipe.LastArrival[1] = Now.Nanoseconds + (connected * 1_000_000L);
        });
    }

    private void Write(Side from, ConnectionId id, byte[] octets)
    {
        if (!from.Pipes.TryGetValue(id, out Pipe? pipe) || !pipe.IsOpen)
        {
            return;
        }

        (Side to, ConnectionId at) = pipe.Other(from);
        int way = from == pipe.First ? 0 : 1;
        for (int done = 0; done < octets.Length;)
        {
            byte[] piece = octets[done..Math.Min(octets.Length, done + 1 + _random.Next(_random.Next(2) == 0 ? 4 : 200))];
            done += piece.Length;
            Arrive(pipe, way, () =>
            {
                if (Faulty())
                {
                    pipe.Break();
                }

                to.Do(SessionEvent.Received(at, piece));
            });
        }

        After(MaxDelayMilliseconds, () => from.Do(SessionEvent.Sent(id, drained: true)));
    }

    private void Close(Side from, ConnectionId id)
    {
        if (from.Pipes.Remove(id, out Pipe? pipe) && pipe.IsOpen)
        {
            (Side to, ConnectionId at) = pipe.Other(from);
            Arrive(pipe, from == pipe.First ? 0 : 1, () =>
            {
                pipe.IsOpen = false;
                to.Do(SessionEvent.Closed(at, "closed by the peer"));
            });
        }
    }

    // In order on each way.
    private void Arrive(Pipe pipe, int way, Action action)
    {
        long at = Math.Max(pipe.LastArrival[way], Now.Nanoseconds + _random.NextInt64((MaxDelayMilliseconds * 1_000_000L) + 1));
        pipe.LastArrival[way] = at;
        _queue.Enqueue(() =>
        {
            if (pipe.IsOpen)
            {
                action();
            }
        }, (at, _order++));
    }

    internal sealed class Pipe(Side first, ConnectionId from, Side second, ConnectionId to)
    {
        public Side First { get; } = first;

        public ConnectionId To { get; } = to;

        public bool IsOpen { get; set; } = true;

        public long[] LastArrival { get; } = new long[2];

        public (Side Side, ConnectionId Id) Other(Side side) => side == First ? (second, To) : (First, from);

        public void Break()
        {
            IsOpen = false;
            First.Do(SessionEvent.Closed(from, "reset"));
            second.Do(SessionEvent.Closed(To, "reset"));
        }
    }

    internal sealed class Side(Network network, int number, BgpSession session) : ISessionSink
    {
        public int Number { get; } = number;

        public BgpSession Session { get; } = session;

        public Dictionary<ConnectionId, Pipe> Pipes { get; } = [];

        public long Accepted { get; set; }

        /// <summary>Sessions told up and not told down.</summary>
        public int Up { get; private set; }

        public int Live => Pipes.Count;

        public void Do(SessionEvent input)
        {
            Session.Step(input, network.Now, this);
            Assert.True(Session.NextDeadline > network.Now);
            Assert.Equal(Up == 1, Session.State == SessionState.Established);
            Assert.InRange(Session.BufferedOctets, 0, 200_000);
            foreach (AfiSafi family in _toSend)
            {
                ConnectionId id = Session.EstablishedConnection!.Value;
                network.After(1, () =>
                {
                    byte[] marker = new byte[64];
                    Assert.True(EndOfRib.TryWrite(family, marker, out int length));
                    network.Write(this, id, marker[..length]);
                    Do(SessionEvent.RoutesWritten(id, family));
                });
            }

            _toSend.Clear();
        }

        public void Accept(Pipe pipe)
        {
            if (pipe.IsOpen)
            {
                Do(SessionEvent.Accepted(pipe.To.Number));
            }
        }

        private readonly List<AfiSafi> _toSend = [];

        void ISessionSink.Do(in SessionCommand command)
        {
            ConnectionId id = command.Connection;
            MonoTime deadline = command.Deadline;
            if (command.Kind == SessionCommandKind.Connect)
            {
                network.Dial(this, id);
            }
            else if (command.Kind == SessionCommandKind.Close)
            {
                network.Close(this, id);
            }
            else if (deadline != MonoTime.Never)
            {
                network._queue.Enqueue(() => Do(SessionEvent.Timer), (deadline.Nanoseconds, network._order++));
            }
        }

        void ISessionSink.Write(ConnectionId connection, ReadOnlySpan<byte> message) => network.Write(this, connection, message.ToArray());

        void ISessionSink.Tell(in SessionNotice notice)
        {
            if (notice.Kind == SessionNoticeKind.Up)
            {
                Up++;
            }
            else if (notice.Kind == SessionNoticeKind.Down)
            {
                Up--;
                _toSend.Clear();
            }
            else if (notice.Kind == SessionNoticeKind.SendRoutes)
            {
                _toSend.Add(notice.Family);
            }
        }

        void ISessionSink.Receive(scoped in UpdateMessage update)
        {
        }
    }
}
