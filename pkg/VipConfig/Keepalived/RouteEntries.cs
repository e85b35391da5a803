// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>Lines of virtual_routes and static_routes, in the words of <c>ip route add</c>.</summary>
internal static class RouteEntries
{
    private static readonly Dictionary<string, RouteKind> Kinds = new(StringComparer.Ordinal)
    {
        ["unicast"] = RouteKind.Unicast,
        ["blackhole"] = RouteKind.Blackhole,
        ["unreachable"] = RouteKind.Unreachable,
        ["prohibit"] = RouteKind.Prohibit,
        ["throw"] = RouteKind.Throw,
        ["local"] = RouteKind.Local,
    };

    // Tuning of TCP and of the kernel's cache that goes with a route; each takes a value.
    private static readonly string[] Tuning =
        ["rtt", "rttvar", "rto_min", "window", "cwnd", "ssthresh", "realms", "reordering", "hoplimit", "quickack", "congctl", "features", "expires", "fastopen_no_cookie", "ttl-propagate", "vrf", "encap", "track_group"];

    public static ValueList<VirtualRoute> Read(Entry entry, ValueList<VirtualRoute> before)
    {
        List<VirtualRoute> routes = [.. before];
        foreach (Statement statement in entry.Block())
        {
            entry.Problems.Locate($"{entry.Path}[{routes.Count}]", statement.At);
            routes.Add(One(entry.At(statement, routes.Count)));
        }

        return [.. routes];
    }

    private static VirtualRoute One(Entry line)
    {
        Words words = new([line.Keyword, .. line.Words], line);
        VirtualRoute route = new();
        bool inet6 = false;
        while (words.Next() is { } word)
        {
            if (route.Destination is null && Kinds.TryGetValue(word, out RouteKind kind))
                route = route with { Kind = kind };
            else
                route = word switch
                {
                    "to" => route with { Destination = Destination(words.Value(), line) ?? route.Destination },
                    "via" or "gw" => route with { Via = Via(words, line) },
                    "dev" or "oif" => route with { Device = words.Value() },
                    "src" or "from" => route with { Source = words.Address() },
                    "table" => route with { Table = words.Value() },
                    "metric" or "preference" or "priority" => route with { Metric = words.Number() },
                    "scope" => route with { Scope = words.Value() },
                    "protocol" => route with { Protocol = words.Value() },
                    "pref" => route with { Preference = words.Value() },
                    "tos" or "dsfield" => route with { Tos = words.Octet() },
                    "onlink" => route with { OnLink = true },
                    "mtu" => route with { Mtu = words.Lockable() },
                    "advmss" => route with { AdvertisedMss = words.Lockable() },
                    "initcwnd" => route with { InitialWindow = words.Lockable() },
                    "initrwnd" => route with { InitialReceiveWindow = words.Lockable() },
                    "no_track" => route with { Watch = false },
                    "or" => route with { NextHops = Alternative(route, words), Via = null },
                    "nexthop" => route with { NextHops = route.NextHops.With(Hop(words)) },
                    _ => Other(route, word, words, line, ref inet6),
                };
        }

        if (route.Destination is null)
            line.Refuse("names no network: write one such as 192.0.2.0/24, or default");
        if (inet6 && route.Destination is { Length: 0 })
            route = route with { Destination = new IpPrefix(IpAddr.IPv6Any, 0) };
        return route;
    }

    private static VirtualRoute Other(VirtualRoute route, string word, Words words, Entry line, ref bool inet6)
    {
        if (word is "inet" or "inet6")
            inet6 = word == "inet6";
        else if (word is "add" or "append" or "prepend")
            line.Ignore($"has {word}: a route is put in place of an equal one here; remove it");
        else if (Array.IndexOf(Tuning, word) >= 0)
            line.Ignore($"has {word} {words.Lock()}, which is not set on routes here: set it for all traffic by sysctl if it matters");
        else if (route.Destination is null && Destination(word, line) is { } destination)
            return route with { Destination = destination };
        return route;
    }

    private static IpPrefix? Destination(string word, Entry line)
    {
        if (word is "default" or "default6" or "any" or "all")
            return new IpPrefix(word == "default6" ? IpAddr.IPv6Any : IpAddr.IPv4Any, 0);
        if (InterfaceAddress.TryParse(word, out InterfaceAddress address))
            return address.Network;
        line.Refuse($"has \"{word}\", which is neither a network nor a word of a route: correct it");
        return null;
    }

    private static IpAddr? Via(Words words, Entry line)
    {
        if (words.Peek() is "inet" or "inet6")
            words.Next();
        IpAddr? via = words.Address();
        if (via is { IsUnspecified: true })
            line.Refuse("has no gateway after via: give its address");
        return via;
    }

    private static NextHop Hop(Words words)
    {
        NextHop hop = new();
        for (string? word = words.Peek(); word is "via" or "dev" or "weight" or "onlink"; word = words.Peek())
        {
            words.Next();
            hop = word switch
            {
                "via" => hop with { Via = words.Address() },
                "dev" => hop with { Device = words.Value() },
                "weight" => hop with { Weight = (int)Math.Clamp(words.Number() ?? 1, 1, 256) },
                _ => hop with { OnLink = true },
            };
        }

        return hop;
    }

    private static ValueList<NextHop> Alternative(VirtualRoute route, Words words) =>
        [.. route.NextHops.Count == 0 ? [new NextHop { Via = route.Via }] : route.NextHops, new NextHop { Via = words.Address() }];
}

/// <summary>The words of a line, one after the other.</summary>
internal sealed class Words(List<string> words, Entry line)
{
    private int _at;

    public string? Peek() => _at < words.Count ? words[_at] : null;

    public string? Next() => _at < words.Count ? words[_at++] : null;

    public string Value()
    {
        if (Next() is { } value)
            return value;
        line.Refuse($"ends with {words[^1]}, which needs a value: give one or remove it");
        return "";
    }

    public IpAddr? Address()
    {
        string text = Value();
        if (text.Length == 0 || IpAddr.TryParse(text, out IpAddr address))
            return text.Length == 0 ? null : IpAddr.Parse(text);
        line.Refuse($"has \"{text}\" where an address must be: correct it");
        return null;
    }

    public uint? Number()
    {
        string text = Value();
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (uint.TryParse(hex ? text.AsSpan(2) : text, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            return number;
        if (text.Length > 0)
            line.Refuse($"has \"{text}\" where a number must be: correct it");
        return null;
    }

    public int? Octet()
    {
        uint? number = Number();
        if (number > 255)
            line.Refuse($"has {number} where a number up to 255 must be: correct it");
        return number > 255 ? null : (int?)number;
    }

    /// <summary>A number that may have the word lock before it.</summary>
    public int? Lockable()
    {
        if (Peek() == "lock")
            Next();
        uint? number = Number();
        if (number > 65535)
            line.Refuse($"has {number} where a number up to 65535 must be: correct it");
        return number > 65535 ? null : (int?)number;
    }

    public string Lock()
    {
        string value = Value();
        return value == "lock" ? Value() : value;
    }
}
