// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vrrp.Tracking;
using RouteKind = LoadBalancer.Linux.Netlink.RouteKind;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>
/// The routes of a configuration, as the kernel's tables have them. The kernel does not tell of IPv4 routes that go with their
/// interface: when a link changes, the tables are read anew.
/// </summary>
internal sealed class RouteTracks(ReportBoard board, Reactor reactor) : ITrack, IDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly NamedSet<TrackedRoute, TrackedRoute> _routes = new();
    private readonly HashSet<HeldRoute> _there = [];
    private HashSet<IpPrefix> _destinations = [];
    private ImmutableArray<LinkInfo> _links = [];
    private KernelNetwork? _kernel;
    private RouteMonitor? _monitor;
    private LinkMonitor? _linkMonitor;
    private MonoTime _listAt = MonoTime.Never;
    private MonoTime _now;

    public void Apply(VipConfiguration configuration, MonoTime now)
    {
        _now = now;
        _routes.Apply(
            configuration.Routes.Where(static route => route.Destination is not null).Select(static route => (route.Name, route with { Weight = 0, Reverse = false })),
            (name, route) =>
            {
                board.Begin(new(TrackedKind.Route, name, TrackState.Unknown, null, "not looked for yet"));
                return route;
            },
            (name, _, gone) =>
            {
                if (gone)
                    board.Forget(TrackedKind.Route, name);
            });
        HashSet<IpPrefix> destinations = [.. _routes.Running.Select(static route => route.Destination!.Value)];
        if (!destinations.SetEquals(_destinations))
            _listAt = now;
        _destinations = destinations;
        if (_routes.Count == 0)
            Stop();
        else
            Judge();
    }

    public MonoTime Settle(MonoTime now)
    {
        _now = now;
        if (_listAt <= now)
            List(now);
        return _listAt;
    }

    private void List(MonoTime now)
    {
        _listAt = MonoTime.Never;
        try
        {
            // Listening comes before listing, so that nothing falls between.
            _kernel ??= new();
            _monitor ??= new(reactor, 0, Change, static (_, _) => { }, () => _listAt = _now);
            _linkMonitor ??= new(reactor, links =>
            {
                _links = links;
                _listAt = MonoTime.Min(_listAt, _now + Settling);
            });
            HashSet<HeldRoute> there = [];
            foreach (IpFamily family in _destinations.Select(static d => d.Family).Distinct())
                there.UnionWith(_kernel.ListRoutes(family).Where(route => _destinations.Contains(route.Destination)));
            _there.Clear();
            _there.UnionWith(there);
            Judge();
        }
        catch (LinuxException fault)
        {
            _listAt = now + RetryInterval;
            foreach (TrackedRoute route in _routes.Running)
                board.Take(new(TrackedKind.Route, route.Name, TrackState.Unknown, null, fault.Message), problem: true);
        }
    }

    private void Change(HeldRoute route, bool there)
    {
        if (!_destinations.Contains(route.Destination))
            return;
        if (there)
        {
            // A route that takes the place of another is told of alone: what it replaced is read from the table.
            _there.Add(route);
            _listAt = MonoTime.Min(_listAt, _now + Settling);
        }
        else
            _there.Remove(route);
        Judge();
    }

    private void Judge()
    {
        foreach (TrackedRoute route in _routes.Running)
            Judge(route);
    }

    private void Judge(TrackedRoute route)
    {
        if (RouteTables.Find(route.Table) is not { } table)
        {
            string problem = $"table {route.Table} is in no rt_tables file: add it to /etc/iproute2/rt_tables, or give its number";
            board.Take(new(TrackedKind.Route, route.Name, TrackState.Down, null, problem), problem: true);
            return;
        }

        int index = _links.FirstOrDefault(link => link.Name == route.Device)?.Index ?? -1;
        HeldRoute? found = _there.FirstOrDefault(held => held.Destination == route.Destination && held.Table == table && Fits(held, route, index));
        string words = found is null ? $"no route to {route.Destination}{(route.Via is { } via ? $" via {via}" : "")}{(route.Device.Length > 0 ? $" on {route.Device}" : "")}"
            : found.Via is { } by ? $"is there, via {by}" : "is there";
        board.Take(new(TrackedKind.Route, route.Name, found is null ? TrackState.Down : TrackState.Up, null, words));
    }

    // A route with several next hops is read without any: its destination decides.
    private static bool Fits(HeldRoute held, TrackedRoute route, int index) =>
        held.Kind is not (RouteKind.Blackhole or RouteKind.Unreachable or RouteKind.Prohibit or RouteKind.Throw)
            && (held is { Via: null, InterfaceIndex: 0 }
                || ((route.Via is null || held.Via == route.Via) && (route.Device.Length == 0 || held.InterfaceIndex == index)));

    private void Stop()
    {
        _monitor?.Dispose();
        _linkMonitor?.Dispose();
        _kernel?.Dispose();
        (_monitor, _linkMonitor, _kernel) = (null, null, null);
        _there.Clear();
        _listAt = MonoTime.Never;
    }

    public void Dispose() => Stop();
}
