// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.BgpNet.Tests.Session;

public sealed class SessionAllocationTests
{
    /// <summary>Keepalives, updates and refreshes received whole, in one piece and octet by octet; our keepalives; progress.</summary>
    [Fact]
    public void Established_EightThousandMessages_AllocateNothing()
    {
        byte[] messages = Vectors.Bytes(Vectors.Keepalive + Vectors.UpdateIPv4 + Vectors.UpdateIPv6 + Vectors.EndOfRibIPv4 + Vectors.RefreshIPv4);
        Quiet sink = new();
        BgpSession session = new(Probe.Options with { MaxPrefixes = 10 }, 1);
        MonoTime now = new(1);
        session.Step(SessionEvent.Start, now, sink);
        session.Step(SessionEvent.Connected(Probe.Out1), now, sink);
        session.Step(SessionEvent.Received(Probe.Out1, Probe.Open(Probe.PeerOpen)), now, sink);
        long least = AllocationMeter.LeastOf(100, () =>
        {
            now += TimeSpan.FromSeconds(1);
            session.Step(SessionEvent.Received(Probe.Out1, messages), now, sink);
            for (int at = 0; at < messages.Length; at += 7)
            {
                session.Step(SessionEvent.Received(Probe.Out1, messages.AsSpan(at, Math.Min(7, messages.Length - at))), now, sink);
            }

            session.Step(SessionEvent.RoutesWritten(Probe.Out1, AfiSafi.IPv4Unicast), now, sink);
            session.Step(SessionEvent.UpdatesWritten(Probe.Out1), now, sink);
            session.Step(SessionEvent.Timer, now, sink);
            session.Step(SessionEvent.Sent(Probe.Out1, drained: true), now, sink);
        });

        Assert.Equal(SessionState.Established, session.State);
        Assert.InRange(session.Counters.Received.Total, 8_000, long.MaxValue);
        Assert.Equal(0, least);
    }

    private sealed class Quiet : ISessionSink
    {
        public void Do(in SessionCommand command)
        {
        }

        public void Write(ConnectionId connection, ReadOnlySpan<byte> message)
        {
        }

        public void Tell(in SessionNotice notice)
        {
        }

        public void Receive(scoped in UpdateMessage update)
        {
        }
    }
}
