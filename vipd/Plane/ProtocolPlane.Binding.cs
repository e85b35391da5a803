// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Plane;

/// <content>Interfaces: where instances are bound, and what they send from.</content>
internal sealed partial class ProtocolPlane
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, InterfaceWatch> _watches = new(StringComparer.Ordinal);
    private Dictionary<string, LinkView> _links = new(StringComparer.Ordinal);
    private ValueList<InterfaceDelay> _delays;
    private bool _haveLinks;

    /// <summary>Takes the interfaces as they are now; from any thread.</summary>
    public void TakeLinks(ImmutableArray<LinkView> links)
    {
        if (!Reactor.TryPost(() => OnLinks(links)))
        {
            Log.LinksLost(_logger);
        }
    }

    private void OnLinks(ImmutableArray<LinkView> links)
    {
        MonoTime now = Reactor.Now;
        Dictionary<string, LinkView> before = _links;
        _links = links.ToDictionary(static l => l.Name, StringComparer.Ordinal);
        _haveLinks = true;
        // Another look may make another watch.
        foreach (InterfaceWatch watch in _watches.Values.ToArray())
        {
            See(watch, now);
        }

        foreach (ReceivePort port in _ports.Receivers)
        {
            LinkView? link = links.FirstOrDefault(l => l.Index == port.Key.InterfaceIndex);
            if (link is { IsUp: true } && before.GetValueOrDefault(link.Name) is { IsUp: false })
            {
                port.Rejoin();
            }
        }

        foreach (PlaneInstance instance in _instances.Values)
        {
            Bind(instance, now);
        }
    }

    public void OnDue(InterfaceWatch watch, MonoTime now)
    {
        if (watch.Step(now))
        {
            OnWatch(watch, now);
        }

        _deadlines.Set(watch, watch.NextDeadline);
    }

    private void See(InterfaceWatch watch, MonoTime now)
    {
        bool changed = watch.See(_links.GetValueOrDefault(watch.Name) is { IsUp: true }, now);
        _deadlines.Set(watch, watch.NextDeadline);
        if (changed)
        {
            OnWatch(watch, now);
        }
    }

    private InterfaceWatch WatchOf(string name, MonoTime now)
    {
        if (_watches.TryGetValue(name, out InterfaceWatch? watch))
        {
            return watch;
        }

        InterfaceDelay delay = _delays.FirstOrDefault(d => d.Interface == name) ?? new();
        watch = new(this, name, delay.Up, delay.Down);
        _watches.Add(name, watch);
        if (_haveLinks)
        {
            See(watch, now);
        }

        return watch;
    }

    private void OnWatch(InterfaceWatch watch, MonoTime now)
    {
        Take(new Tracking.TrackReport(Tracking.TrackedKind.Interface, watch.Name, watch.State, null, watch.State == Vrrp.Tracking.TrackState.Up ? "up" : "down"), now);
        foreach (PlaneInstance instance in _instances.Values)
        {
            if (instance.Link?.Name == watch.Name || instance.Spec.Instance.Interface == watch.Name)
            {
                Bind(instance, now);
            }
        }
    }

    /// <summary>Brings an instance to where its interface and its address are now.</summary>
    private void Bind(PlaneInstance instance, MonoTime now)
    {
        if (!_haveLinks || instance.IsLeaving)
        {
            return;
        }

        VipInstance settings = instance.Spec.Instance;
        LinkView? link = FindLink(settings);
        if (link is null)
        {
            Lose(instance, settings.Interface.Length > 0 ? $"interface {settings.Interface} is missing" : $"no interface has the source address {settings.SourceAddress}", now);
            return;
        }

        if (instance.Machine is null || instance.Machine.Key.InterfaceIndex != link.Index)
        {
            Place(instance, link, now);
        }

        instance.Link = link;
        if (Obstacle(instance, link, now) is { } obstacle)
        {
            Lose(instance, obstacle, now);
            return;
        }

        AddressInfo? source = link.Source(settings.Family, settings.SourceAddress, settings.Addresses.Select(static a => a.Address.Address));
        if (source is not { } found)
        {
            Lose(instance, settings.SourceAddress is { } wished ? $"the source address {wished} is not on {link.Name}" : $"{link.Name} has no {settings.Family} address to send from", now);
            return;
        }

        if (!TryOpen(instance, link, now))
        {
            return;
        }

        instance.Problem = null;
        if (instance.Source?.Address != found.Address || instance.Source?.PrefixLength != found.PrefixLength || (instance.Machine!.Holds & VrrpHolds.NoSource) != 0)
        {
            instance.Source = found;
            Step(instance, instance.Machine!, VrrpEvent.Source(found.Address, found.PrefixLength), now);
        }
    }

    private string? Obstacle(PlaneInstance instance, LinkView link, MonoTime now)
    {
        VipInstance settings = instance.Spec.Instance;
        if (settings.Unicast is { FaultWithoutPeers: true, Peers.Count: 0 })
        {
            return "it has no unicast peers";
        }

        if (settings.Track.OwnInterface && WatchOf(link.Name, now).State != Vrrp.Tracking.TrackState.Up)
        {
            return $"interface {link.Name} is down";
        }

        string advertising = instance.Plan.AdvertisingDevice;
        return advertising.Length > 0 && _links.GetValueOrDefault(advertising) is not { IsUp: true } ? $"the device {advertising} is not there yet" : null;
    }

    private LinkView? FindLink(VipInstance settings)
    {
        if (settings.Interface.Length > 0)
        {
            return _links.GetValueOrDefault(settings.Interface);
        }

        return _links.Values.FirstOrDefault(l => l.Own.Any(a => a.Address == settings.SourceAddress));
    }

    private void Lose(PlaneInstance instance, string problem, MonoTime now)
    {
        instance.Problem = problem;
        if (instance.Source is null)
        {
            return;
        }

        instance.Source = null;
        if (instance.Machine is { } machine)
        {
            Step(instance, machine, VrrpEvent.SourceLost, now);
        }
    }

    // A machine is of one interface index: where that is another, it is another virtual router.
    private void Place(PlaneInstance instance, LinkView link, MonoTime now)
    {
        Unplace(instance);
        instance.Source = null;
        VrrpParameters parameters = instance.Spec.Parameters;
        VrrpInstance machine = new(new VrrpKey(link.Index, parameters.Family, parameters.VirtualRouterId), parameters);
        instance.Machine = machine;
        instance.Asserted = 0;
        _byMachine.Add(machine, instance);
        if (!_demultiplexer.TryAdd(machine) && _demultiplexer.TryFind(machine.Key, out VrrpInstance? leaving))
        {
            // One that leaves under another name still listens for its successor, which is here.
            _demultiplexer.Remove(leaving);
            _demultiplexer.TryAdd(machine);
        }

        machine.Step(VrrpEvent.Priority(instance.Tracker.Effective), now, this);
        machine.Step(VrrpEvent.Fault(instance.Tracker.HasFault), now, this);
        machine.Step(VrrpEvent.Maintenance(instance.InMaintenance), now, this);
        if (instance.IsStarted)
        {
            machine.Step(StartEvent(instance, now), now, this);
        }

        After(instance, machine);
    }

    private void Unplace(PlaneInstance instance)
    {
        if (instance.Machine is not { } machine)
        {
            return;
        }

        if (machine.State == VrrpState.Master || instance.LetGoAt != MonoTime.Never)
        {
            _resume.Clear(instance.Slot);
            LetGo(instance);
        }

        _demultiplexer.Remove(machine);
        _byMachine.Remove(machine);
        instance.Machine = null;
        CloseSockets(instance);
    }

    private bool TryOpen(PlaneInstance instance, LinkView link, MonoTime now)
    {
        VipInstance settings = instance.Spec.Instance;
        int sendOn = instance.Plan.AdvertisingDevice.Length > 0 ? _links[instance.Plan.AdvertisingDevice].Index : link.Index;
        ReceiveKey receive = new(link.Index, settings.Family, ParameterMap.GroupOf(settings, instance.Spec.Global));
        SendKey send = new(sendOn, settings.Family, (byte)(settings.Unicast is { Peers.Count: > 0 } unicast ? unicast.Ttl : VrrpWire.FullHopLimit));
        try
        {
            if (instance.Receiver?.Key != receive)
            {
                CloseReceiver(instance);
                instance.Receiver = _ports.OpenReceiver(receive, (byte)settings.RouterId);
            }

            if (instance.Port?.Key != send)
            {
                CloseSender(instance);
                instance.Port = _ports.OpenSender(send);
            }

            return true;
        }
        catch (LinuxException fault)
        {
            Lose(instance, fault.Message, now);
            instance.RetryAt = now + RetryAfter;
            Rearm(instance);
            return false;
        }
    }

    private void CloseSockets(PlaneInstance instance)
    {
        CloseReceiver(instance);
        CloseSender(instance);
    }

    private void CloseReceiver(PlaneInstance instance)
    {
        if (instance.Receiver is { } port)
        {
            _ports.Close(port, (byte)instance.Spec.Instance.RouterId);
            instance.Receiver = null;
        }
    }

    private void CloseSender(PlaneInstance instance)
    {
        if (instance.Port is { } port)
        {
            _ports.Close(port);
            instance.Port = null;
        }
    }
}
