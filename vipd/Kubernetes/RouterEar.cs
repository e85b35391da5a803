// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux;
using LoadBalancer.Linux.Vrrp;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Hears advertisements of all virtual routers, on a thread of its own: what strangers send must not cost the thread that elects
/// anything. What is remembered is one array for each interface and family, and what is looked at in a round is bounded.
/// </summary>
internal sealed class RouterEar(ILogger logger) : IRouterEar, IDisposable
{
    /// <summary>Three intervals of the usual length and the skew that comes with them: whoever advertises so is heard by then.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(3.1);

    /// <summary>A router that was silent for so long may be back all the same: hosts restart in less.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);

    private const int MailboxCapacity = 64;
    private const int MostNumber = byte.MaxValue;

    // A number is heard once in a round; what is more than this is broken or forged.
    private const int MostInARound = 4096;

    private readonly Reactor _reactor = new(MailboxCapacity);
    private readonly Dictionary<(int Index, IpFamily Family), Port> _ports = [];
    private readonly Lock _gate = new();
    private readonly VrrpDemultiplexer _heard = new();
    private readonly Dictionary<(int Index, IpFamily Family), MonoTime> _since = [];
    private string _told = "";
    private int _started;

    /// <summary>Ends with the thread; carries the fault that ended it.</summary>
    public Task Completion => _reactor.Completion;

    /// <inheritdoc/>
    public void Listen(ValueList<LocalLink> links)
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
            _reactor.Start("vrrp-ear", static _ => MonoTime.Never, realTime: false);
        // A mailbox that is full holds what was asked before, and it is asked again.
        _ = _reactor.TryPost(() => Open(links));
    }

    /// <inheritdoc/>
    public IReadOnlySet<int>? Heard(LocalLink link, IpFamily family, MonoTime now)
    {
        lock (_gate)
        {
            if (!_since.TryGetValue((link.Index, family), out MonoTime since) || now - since < Moment)
                return null;
            return new HashSet<int>(Enumerable.Range(1, MostNumber).Where(number => IsRecent(new(link.Index, family, (byte)number), now)));
        }
    }

    private bool IsRecent(VrrpKey key, MonoTime now) => _heard.HeardForeign(key) is { } at && now - at <= Lately;

    private void Open(ValueList<LocalLink> links)
    {
        MonoTime now = Reactor.Now;
        HashSet<(int, IpFamily)> wanted = [];
        foreach (LocalLink link in links)
        {
            foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
            {
                wanted.Add((link.Index, family));
                Open(link, family, now);
            }
        }

        foreach ((int, IpFamily) gone in _ports.Keys.Where(key => !wanted.Contains(key)).ToArray())
        {
            _ports[gone].Dispose();
            _ports.Remove(gone);
        }

        lock (_gate)
        {
            foreach ((int, IpFamily) gone in _since.Keys.Where(key => !wanted.Contains(key)).ToArray())
                _since.Remove(gone);
        }
    }

    private void Open(LocalLink link, IpFamily family, MonoTime now)
    {
        if (_ports.TryGetValue((link.Index, family), out Port? port))
        {
            port.Begin();
        }
        else
        {
            try
            {
                _ports.Add((link.Index, family), new(_reactor, family, link.Index, Take));
            }
            catch (LinuxException fault)
            {
                // A host without the family has no such routers either; nobody waits for an ear that cannot be had.
                Tell($"{link.Name} {family}: {fault.Message}");
            }
        }

        lock (_gate)
        {
            _since.TryAdd((link.Index, family), now);
        }
    }

    // Whether it is an advertisement, of whomever.
    private bool Take(ReadOnlySpan<byte> octets, in VrrpDatagram datagram)
    {
        MonoTime now = Reactor.Now;
        lock (_gate)
        {
            VrrpDiscard reason = datagram.HeaderLength > 0
                ? _heard.ReceiveIPv4(octets, datagram.InterfaceIndex, now, Nobody.Instance, out _)
                : _heard.Receive(octets, new(datagram.Source, datagram.Destination, datagram.HopLimit, datagram.InterfaceIndex), now, Nobody.Instance, out _);
            return reason == VrrpDiscard.UnknownRouter;
        }
    }

    private void Tell(string fault)
    {
        if (fault != _told)
        {
            _told = fault;
            Log.NotHeard(logger, fault);
        }
    }

    public void Dispose()
    {
        _reactor.StopAndWait();
        foreach (Port port in _ports.Values)
            port.Dispose();
        _reactor.Dispose();
    }

    private delegate bool Judge(ReadOnlySpan<byte> octets, in VrrpDatagram datagram);

    /// <summary>The ear at one interface and family; deaf until the next round for what it has heard in this one.</summary>
    private sealed class Port : IDisposable
    {
        private readonly VrrpReceiver _receiver;
        private readonly Judge _judge;
        private VirtualRouterSet _open = new();
        private int _left;
        private bool _isFresh;

        public Port(Reactor reactor, IpFamily family, int interfaceIndex, Judge judge)
        {
            _judge = judge;
            _receiver = new(reactor, family, interfaceIndex, Take);
            Begin();
        }

        public void Begin()
        {
            if (_isFresh)
                return;
            _isFresh = true;
            _left = MostInARound;
            _open = new();
            for (int number = 1; number <= MostNumber; number++)
                _open.Add((byte)number);
            _receiver.Accept(_open);
        }

        private void Take(ReadOnlySpan<byte> octets, in VrrpDatagram datagram)
        {
            _isFresh = false;
            bool isRouter = _judge(octets, datagram);
            if (--_left <= 0)
                _open = new();
            else if (isRouter)
                _open.Remove(octets[datagram.HeaderLength + 1]);
            else
                return;
            _receiver.Accept(_open);
        }

        public void Dispose() => _receiver.Dispose();
    }

    /// <summary>No instance is here that would want anything.</summary>
    private sealed class Nobody : IVrrpSink
    {
        public static Nobody Instance { get; } = new();

        public void Send(VrrpInstance instance, in VrrpTransmission transmission, ReadOnlySpan<byte> message)
        {
        }

        public void Do(VrrpInstance instance, in VrrpCommand command)
        {
        }

        public void Tell(VrrpInstance instance, in VrrpNotice notice)
        {
        }
    }
}
