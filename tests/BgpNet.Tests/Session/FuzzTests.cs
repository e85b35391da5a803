// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>Any octets and any events, in any order: nothing is thrown, every end is said, nothing is sent after a close.</summary>
public sealed class FuzzTests
{
    [Fact]
    public void AnyOctetsAndEvents_NeverBreakTheMachine()
    {
        long steps = 0;
        for (int seed = 1; seed <= 400; seed++)
        {
            Fuzzer fuzzer = new(seed);
            for (int i = 0; i < 400; i++)
            {
                fuzzer.Step();
            }

            steps += 400;
        }

        Assert.Equal(160_000, steps);
    }

    private sealed class Fuzzer : ISessionSink
    {
        private static readonly byte[][] Corpus =
        [
            Vectors.Bytes(Vectors.Keepalive), Probe.Open(Probe.PeerOpen), Vectors.Bytes(Vectors.UpdateIPv4), Vectors.Bytes(Vectors.UpdateIPv6),
            Vectors.Bytes(Vectors.EndOfRibIPv4), Vectors.Bytes(Vectors.EndOfRibIPv6), Vectors.Bytes(Vectors.RefreshIPv4), Vectors.Bytes(Vectors.Shutdown),
            Vectors.Bytes(Vectors.Open), Probe.Open(Probe.PeerOpen with { GracefulRestart = Probe.Restart }),
        ];

        private readonly Random _random;
        private readonly BgpSession _session;
        private readonly HashSet<ConnectionId> _open = [];
        private readonly HashSet<ConnectionId> _dialled = [];
        private readonly HashSet<ConnectionId> _notified = [];
        private MonoTime _now = new(1);
        private MonoTime _armed = MonoTime.Never;
        private long _accepted;
        private int _up;

        public Fuzzer(int seed)
        {
            _random = new Random(seed);
            SessionOptions options = (seed % 2 == 0 ? Probe.WithRestart(Probe.Options) : Probe.Options) with
            {
                Passive = seed % 3 == 0,
                MaxPrefixes = seed % 5 == 0 ? 3 : 0,
                DelayOpenTime = TimeSpan.FromSeconds(seed % 7 == 0 ? 3 : 0),
                Restarted = seed % 11 == 0,
            };
            _session = new BgpSession(options with { Rules = options.Rules with { DisableFamilies = seed % 13 == 0 } }, (ulong)seed);
            Do(SessionEvent.Start);
        }

        public void Step()
        {
            switch (_random.Next(16))
            {
                case 0:
                    _now += TimeSpan.FromMilliseconds(_random.Next(20_000));
                    break;
                case 1:
                    _now = _armed != MonoTime.Never && _armed > _now ? _armed : _now;
                    Do(SessionEvent.Timer);
                    break;
                case 2:
                    _accepted++;
                    _ = _open.Add(new(ConnectionOrigin.Incoming, _accepted));
                    Do(SessionEvent.Accepted(_accepted));
                    break;
                case 3:
                    DialEnds();
                    break;
                case 4:
                    Do(SessionEvent.Sent(Any(), _random.Next(2) == 0));
                    break;
                case 5 when _random.Next(4) == 0:
                    ConnectionId closed = Any();
                    Do(SessionEvent.Closed(closed, "reset"));
                    _ = _open.Remove(closed);
                    break;
                case 6 when _random.Next(4) == 0:
                    Operator();
                    break;
                case 7:
                    Do(SessionEvent.RoutesWritten(Any(), _random.Next(2) == 0 ? AfiSafi.IPv4Unicast : AfiSafi.IPv6Unicast));
                    Do(SessionEvent.UpdatesWritten(Any()));
                    break;
                default:
                    Octets();
                    break;
            }
        }

        private void DialEnds()
        {
            foreach (ConnectionId id in _dialled.ToArray())
            {
                _ = _dialled.Remove(id);
                if (_random.Next(3) == 0)
                {
                    Do(SessionEvent.ConnectFailed(id, "refused"));
                }
                else
                {
                    _ = _open.Add(id);
                    Do(SessionEvent.Connected(id));
                }
            }
        }

        private void Operator()
        {
            switch (_random.Next(6))
            {
                case 0:
                    Do(SessionEvent.Stop((StopReason)Enum.GetValues<StopReason>().GetValue(_random.Next(6))!, "text"));
                    Do(SessionEvent.Start);
                    break;
                case 1:
                    Do(SessionEvent.Reset(StopReason.Reset, "text"));
                    break;
                case 2:
                    Do(SessionEvent.Path((PathStatus)_random.Next(4)));
                    break;
                case 3:
                    Do(SessionEvent.Configure(_session.Options with { Open = _session.Options.Open with { HoldSeconds = (ushort)(3 + _random.Next(90)) } }));
                    break;
                case 4:
                    Do(SessionEvent.Configure(_session.Options with { MaxPrefixes = _random.Next(5), Passive = _random.Next(2) == 0 }));
                    break;
                default:
                    Do(SessionEvent.Configure(_session.Options with { RequirePath = _random.Next(2) == 0 }));
                    break;
            }
        }

        // Sound messages half of the time, so that all states are seen; else cut, changed, or of nothing.
        private void Octets()
        {
            byte[] octets = [.. Corpus[_random.Next(3) == 0 ? _random.Next(Corpus.Length) : _random.Next(2)]];
            int kind = _random.Next(8);
            for (int i = kind == 0 ? _random.Next(4) : 0; i > 0; i--)
            {
                octets[_random.Next(octets.Length)] = (byte)_random.Next(256);
            }

            if (kind == 1)
            {
                _random.NextBytes(octets);
            }

            ConnectionId id = Any();
            int cut = _random.Next(octets.Length + 1);
            Do(SessionEvent.Received(id, octets.AsSpan(0, cut)));
            if (kind != 2)
            {
                Do(SessionEvent.Received(id, octets.AsSpan(cut)));
            }
        }

        private ConnectionId Any() =>
            _open.Count == 0 || _random.Next(20) == 0 ? new((ConnectionOrigin)(1 + _random.Next(2)), _random.Next(5)) : _open.ElementAt(_random.Next(_open.Count));

        private void Do(SessionEvent input)
        {
            _session.Step(input, _now, this);
            Assert.True(input.Kind != SessionEventKind.Timer || _session.NextDeadline > _now);
            Assert.True(_session.NextDeadline == MonoTime.Never || _armed <= _session.NextDeadline);
            Assert.Equal(_session.State == SessionState.Established ? 1 : 0, _up);
            Assert.InRange(_session.BufferedOctets, 0, 2 * MessageFrame.MaxExtendedLength + 2_048);
            _ = _session.Snapshot();
        }

        void ISessionSink.Do(in SessionCommand command)
        {
            switch (command.Kind)
            {
                case SessionCommandKind.Connect:
                    Assert.True(_dialled.Add(command.Connection));
                    break;
                case SessionCommandKind.Close:
                    Assert.True(_open.Remove(command.Connection) | _dialled.Remove(command.Connection));
                    break;
                case SessionCommandKind.ArmTimer:
                    _armed = command.Deadline;
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        void ISessionSink.Write(ConnectionId connection, ReadOnlySpan<byte> message)
        {
            Assert.Contains(connection, _open);
            Assert.DoesNotContain(connection, _notified);
            Assert.True(MessageFrame.TryRead(message, false, out MessageFrame frame, out _));
            Assert.Equal(message.Length, frame.Message.Length);
            if (frame.Type == MessageType.Notification)
            {
                _ = _notified.Add(connection);
            }
        }

        void ISessionSink.Tell(in SessionNotice notice)
        {
            _up += notice.Kind == SessionNoticeKind.Up ? 1 : notice.Kind == SessionNoticeKind.Down ? -1 : 0;
            Assert.InRange(_up, 0, 1);
            Assert.True(notice.Kind != SessionNoticeKind.AttemptEnded || notice.End!.Text.StartsWith(_session.Options.Name, StringComparison.Ordinal));
        }

        void ISessionSink.Receive(scoped in UpdateMessage update) => Assert.Equal(1, _up);
    }
}
