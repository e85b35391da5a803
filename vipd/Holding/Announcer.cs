// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Linux;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Holding;

/// <summary>
/// Tells the segment where addresses are: gratuitous ARP in both forms, unasked neighbour advertisements; paced, refreshes
/// last. Hears on the same sockets when another host claims an address that is held here, and contradicts it now and then.
/// </summary>
internal sealed class Announcer(Reactor reactor, ILogger logger) : IDisposable
{
    private const int FramesAtOnce = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<int, AnnouncingPort> _ports = [];
    private readonly Dictionary<string, AnnouncePacing> _pacing = new(StringComparer.Ordinal);
    private readonly HashSet<int> _refused = [];
    private AnnouncePacing _usual = new();

    public long Sent { get; private set; }

    public long Failed { get; private set; }

    public long Conflicts { get; private set; }

    public void Configure(ValueList<AnnouncePacing> pacing)
    {
        _pacing.Clear();
        _usual = new();
        foreach (AnnouncePacing item in pacing)
        {
            _usual = item.Interfaces.Count == 0 ? item : _usual;
            foreach (string name in item.Interfaces)
            {
                _pacing[name] = item;
            }
        }
    }

    /// <summary>Queues every address of a holding; one whose last round still waits is not queued twice.</summary>
    public void Announce(Holding holding, IEnumerable<(IpAddr Address, InterfaceFacts Link)> targets, int repeat, bool refresh)
    {
        if (holding.FramesWaiting > 0)
        {
            return;
        }

        foreach ((IpAddr address, InterfaceFacts link) in targets)
        {
            if (!TryPort(link, out AnnouncingPort? port))
            {
                continue;
            }

            port.Waiting.Add(holding, address, link, repeat, refresh);
        }
    }

    /// <summary>Sends what may be sent now; returns when there is more to do.</summary>
    public MonoTime Send(MonoTime now)
    {
        MonoTime next = MonoTime.Never;
        Span<byte> frame = stackalloc byte[GratuitousFrame.MaxLength];
        foreach (AnnouncingPort port in _ports.Values)
        {
            AnnouncePacing pacing = _pacing.GetValueOrDefault(port.Name, _usual);
            int sent = 0;
            while (port.NextAt <= now && sent < FramesAtOnce && port.Waiting.TryTake(out WaitingFrame waiting))
            {
                waiting.Holding.FramesWaiting--;
                if (!waiting.Holding.IsHeld)
                {
                    continue;
                }

                sent++;
                Send(port, waiting.Frame, frame);
                TimeSpan interval = waiting.Frame.Address.IsIPv4 ? pacing.ArpInterval : pacing.NeighborInterval;
                port.NextAt = interval > TimeSpan.Zero ? now + interval : port.NextAt;
            }

            while (port.Defences.TryTake(now, out IpAddr claimed))
            {
                Send(port, GratuitousFrame.Defence(claimed, port.Link), frame);
            }

            next = MonoTime.Min(next, port.Defences.Next);
            if (!port.Waiting.IsEmpty)
            {
                next = MonoTime.Min(next, port.NextAt > now ? port.NextAt : now + Pause);
            }
        }

        return next;
    }

    /// <summary>Closes the sockets of interfaces that are gone.</summary>
    public void Keep(Func<int, bool> isThere)
    {
        _refused.Clear();
        foreach ((int index, AnnouncingPort port) in _ports.Where(p => !isThere(p.Key)).ToArray())
        {
            port.Dispose();
            _ports.Remove(index);
        }
    }

    public void Hold(int interfaceIndex, IpAddr address, bool held)
    {
        if (_ports.TryGetValue(interfaceIndex, out AnnouncingPort? port))
        {
            port.Hold(address, held);
        }
    }

    private bool TryPort(InterfaceFacts link, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AnnouncingPort? port)
    {
        if (_ports.TryGetValue(link.Index, out port) && port.Mac == link.Mac)
        {
            port.Link = link;
            return true;
        }

        try
        {
            port?.Dispose();
            _ports.Remove(link.Index);
            port = new AnnouncingPort(reactor, link, OnConflict);
            _ports.Add(link.Index, port);
            return true;
        }
        catch (LinuxException fault)
        {
            if (_refused.Add(link.Index))
            {
                Log.AnnouncingImpossible(logger, link.Name, fault.Message);
            }

            port = null;
            return false;
        }
    }

    private void Send(AnnouncingPort port, in GratuitousFrame announcement, Span<byte> buffer)
    {
        if (!announcement.TryWrite(buffer, out int length) || !port.TrySend(buffer[..length], announcement.Address.IsIPv4))
        {
            Failed++;
            return;
        }

        port.Hold(announcement.Address, held: true);
        Sent++;
    }

    private void OnConflict(AnnouncingPort port, IpAddr address, MacAddr claimant)
    {
        Conflicts++;
        MonoTime now = Reactor.Now;
        port.Defences.Claimed(address, now);
        if (port.ShouldTell(address, claimant, now))
        {
            Log.AddressConflict(logger, address, claimant, port.Name);
        }
    }

    public void Dispose()
    {
        foreach (AnnouncingPort port in _ports.Values)
        {
            port.Dispose();
        }
    }
}
