// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

public sealed partial class KernelNetwork
{
    private const byte ScopeNowhere = 255;
    private const byte TableInAttribute = 0;

    /// <summary>Adds routes in one send. One that is there already and the same is left; another one to the same network at the same metric is a failure.</summary>
    public ChangeOutcome[] Add(ReadOnlySpan<HeldRoute> routes)
    {
        Dictionary<byte, ImmutableArray<HeldRoute>> present = [];
        return Execute(
            routes,
            static (batch, route) => Write(batch, route, RouteReader.NewRoute, NetlinkSocket.FlagCreate | NetlinkSocket.FlagExclusive),
            (route, error, detail) => error == FileExists
                ? JudgeExisting(route, present)
                : Refused($"add {Describe(route)}", error, detail));
    }

    /// <summary>Adds routes, each in the place of what is there for the same network at the same metric.</summary>
    public ChangeOutcome[] Replace(ReadOnlySpan<HeldRoute> routes) => Execute(
        routes,
        static (batch, route) => Write(batch, route, RouteReader.NewRoute, NetlinkSocket.FlagCreate | FlagReplace),
        static (route, error, detail) => Refused($"set {Describe(route)}", error, detail));

    /// <summary>Removes routes in one send; one that is not there, or whose interface is gone, is no failure.</summary>
    public ChangeOutcome[] Remove(ReadOnlySpan<HeldRoute> routes) => Execute(
        routes,
        static (batch, route) => Write(batch, route, RouteReader.DeleteRoute, 0),
        static (route, error, detail) => error is NoSuchProcess or NoSuchEntry or LinuxException.NoDevice
            ? new(ChangeStatus.AlreadySo)
            : Refused($"remove {Describe(route)}", error, detail));

    /// <summary>The routes of all tables in one family.</summary>
    /// <param name="family">The family.</param>
    /// <param name="protocol">Only those of this one who added them; 0 for all.</param>
    /// <exception cref="LinuxException">The kernel did not give the list.</exception>
    public ImmutableArray<HeldRoute> ListRoutes(IpFamily family, byte protocol = 0)
    {
        ImmutableArray<HeldRoute>.Builder found = ImmutableArray.CreateBuilder<HeldRoute>();
        _batch.Clear();
        Span<byte> header = _batch.Begin(RouteReader.GetRoute, NetlinkSocket.FlagRequest | NetlinkSocket.FlagDump, RouteReader.HeaderLength);
        header[0] = (byte)(family == IpFamily.IPv4 ? Libc.AfInet : Libc.AfInet6);
        header[5] = protocol;
        _channel.List(_batch, "read the routes", found.Clear, (type, payload) =>
        {
            // A kernel that does not filter gives all: the protocol is looked at before anything else.
            if (type == RouteReader.NewRoute && RouteReader.IsOf(payload, protocol) && RouteReader.TryRead(payload, out HeldRoute? route))
            {
                found.Add(route);
            }
        });
        return found.DrainToImmutable();
    }

    /// <summary>Removes the routes of one who added them that are not to stay, in both families; returns what was removed.</summary>
    /// <exception cref="LinuxException">The kernel did not give the list.</exception>
    public ImmutableArray<HeldRoute> SweepRoutes(byte protocol, Func<HeldRoute, bool> stays)
    {
        HeldRoute[] leftovers = protocol == 0
            ? []
            : [.. ListRoutes(IpFamily.IPv4, protocol).Concat(ListRoutes(IpFamily.IPv6, protocol)).Where(r => !stays(r))];
        ChangeOutcome[] outcomes = Remove(leftovers);
        return [.. leftovers.Where((_, i) => outcomes[i].Holds)];
    }

    private ChangeOutcome JudgeExisting(HeldRoute route, Dictionary<byte, ImmutableArray<HeldRoute>> present)
    {
        byte family = FamilyOf(route.Destination.Address);
        if (!present.TryGetValue(family, out ImmutableArray<HeldRoute> routes))
        {
            routes = ListRoutes(route.Destination.Family);
            present[family] = routes;
        }

        foreach (HeldRoute other in routes)
        {
            if (MeansTheSame(route, other))
            {
                return new(ChangeStatus.AlreadySo);
            }
        }

        return Refused($"add {Describe(route)}", FileExists, "another route to this network has the same metric; give this one another metric, or remove the other");
    }

    private static bool MeansTheSame(HeldRoute asked, HeldRoute found) =>
        asked == found with
        {
            // What was left to the kernel is as the kernel chose it.
            InterfaceIndex = asked.InterfaceIndex == 0 ? 0 : found.InterfaceIndex,
            Metric = asked.Metric == 0 ? 0 : found.Metric,
            IsOnLink = asked.IsOnLink,
            // Whoever added it: the same packets go the same way. A removal still touches only what is ours.
            Protocol = asked.Protocol,
        };

    private static string Describe(HeldRoute route) =>
        $"the route to {route.Destination}{(route.Via is { } via ? $" via {via}" : "")}{(route.InterfaceIndex != 0 ? $" on interface {route.InterfaceIndex}" : "")} in table {route.Table}";

    // struct rtmsg: family, destination length, source length, TOS, table, protocol, scope, type, flags (4).
    private static void Write(NetlinkBatch batch, HeldRoute route, ushort type, int flags)
    {
        bool delete = type == RouteReader.DeleteRoute;
        Span<byte> header = batch.Begin(type, RequestFlags(flags), RouteReader.HeaderLength);
        header[0] = FamilyOf(route.Destination.Address);
        header[1] = (byte)route.Destination.Length;
        header[4] = route.Table < byte.MaxValue ? (byte)route.Table : TableInAttribute;
        header[5] = route.Protocol;
        // A removal matches any scope (rtnetlink(7), RT_SCOPE_NOWHERE).
        header[6] = delete ? ScopeNowhere : (byte)ScopeOf(route);
        header[7] = (byte)route.Kind;
        MemoryMarshal.Write(header[8..], route.IsOnLink && !delete ? RouteReader.OnLink : 0);
        batch.Put(RouteReader.Table, route.Table);
        batch.Put(RouteReader.Destination, route.Destination.Address);
        if (route.Via is { } via)
        {
            WriteGateway(batch, route, via);
        }

        if (route.InterfaceIndex != 0)
        {
            batch.Put(RouteReader.Interface, (uint)route.InterfaceIndex);
        }

        if (route.Source is { } source)
        {
            batch.Put(RouteReader.PreferredSource, source);
        }

        if (route.Metric != 0)
        {
            batch.Put(RouteReader.Metric, route.Metric);
        }
    }

    private static AddressScope ScopeOf(HeldRoute route) => route.Kind switch
    {
        RouteKind.Local => AddressScope.Host,
        RouteKind.Unicast when route.Via is null => AddressScope.Link,
        RouteKind.Unicast or RouteKind.Unspecified or RouteKind.Anycast or RouteKind.Multicast or RouteKind.Blackhole or RouteKind.Unreachable
            or RouteKind.Prohibit or RouteKind.Throw => AddressScope.Universe,
        RouteKind.Broadcast => AddressScope.Link,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void WriteGateway(NetlinkBatch batch, HeldRoute route, IpAddr via)
    {
        if (via.Family == route.Destination.Family)
        {
            batch.Put(RouteReader.Gateway, via);
            return;
        }

        // struct rtvia: family (2), address.
        Span<byte> value = stackalloc byte[18];
        MemoryMarshal.Write(value, (ushort)FamilyOf(via));
        via.Write(value[2..]);
        batch.Put(RouteReader.GatewayOfOtherFamily, value[..(2 + via.ByteLength)]);
    }
}
