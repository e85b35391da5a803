// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>
/// Tells when routes or rules of one who added them come and go, on a reactor. What others have in the tables is passed over
/// after a look at the fixed part of a message, so that a full table of routes costs little.
/// </summary>
public sealed class RouteMonitor : IDisposable
{
    private const int MaxDatagram = 1 << 16;
    private const int MostPerRound = 256;
    private const uint GroupRoute4 = 0x40;
    private const uint GroupRule4 = 0x80;
    private const uint GroupRoute6 = 0x400;
    private const uint GroupRule6 = 0x40000;

    private readonly NetlinkSocket _socket = new(GroupRoute4 | GroupRoute6 | GroupRule4 | GroupRule6, blocking: false);
    private readonly byte[] _datagram = GC.AllocateArray<byte>(MaxDatagram, pinned: true);
    private readonly Reactor _reactor;
    private readonly byte _protocol;
    private readonly Action<HeldRoute, bool> _route;
    private readonly Action<HeldRule, bool> _rule;
    private readonly Action _lost;

    /// <summary>Listens from now on; list what is there after, so that nothing falls between.</summary>
    /// <param name="reactor">The loop; the constructor is called on it, or before it starts.</param>
    /// <param name="protocol">Whose routes and rules.</param>
    /// <param name="route">A route, and whether it is there now.</param>
    /// <param name="rule">A rule, and whether it is there now.</param>
    /// <param name="lost">The kernel dropped notices: list anew.</param>
    public RouteMonitor(Reactor reactor, byte protocol, Action<HeldRoute, bool> route, Action<HeldRule, bool> rule, Action lost)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        _reactor = reactor;
        _protocol = protocol;
        _route = route;
        _rule = rule;
        _lost = lost;
        reactor.Add(_socket.Descriptor, Drain);
    }

    private void Drain()
    {
        for (int i = 0; i < MostPerRound; i++)
        {
            int length = _socket.Receive(_datagram);
            if (length == -LinuxException.NoBufferSpace)
            {
                _lost();
                continue;
            }

            if (length <= 0)
            {
                return;
            }

            ReadOnlySpan<byte> rest = _datagram.AsSpan(0, length);
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                Take(message);
            }
        }
    }

    private void Take(in NetlinkMessage message)
    {
        switch (message.Type)
        {
            case RouteReader.NewRoute or RouteReader.DeleteRoute when RouteReader.IsOf(message.Payload, _protocol):
                if (RouteReader.TryRead(message.Payload, out HeldRoute? route))
                {
                    _route(route, message.Type == RouteReader.NewRoute);
                }

                break;
            case RuleReader.NewRule or RuleReader.DeleteRule:
                if (RuleReader.TryRead(message.Payload, out HeldRule? rule) && rule.Protocol == _protocol)
                {
                    _rule(rule, message.Type == RuleReader.NewRule);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        _reactor.Remove(_socket.Descriptor);
        _socket.Dispose();
    }
}
