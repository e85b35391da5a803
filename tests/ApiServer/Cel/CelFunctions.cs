// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using LoadBalancer.ApiServer.Schemas;

namespace LoadBalancer.ApiServer.Cel;

/// <summary>The functions rules may call, with the receiver as the first argument.</summary>
public static class CelFunctions
{
    // name, m = member or f = function, arguments with the receiver counted
    private static readonly HashSet<string> Known =
    [
        "size f1", "size m1", "matches m2", "matches f2", "startsWith m2", "endsWith m2", "contains m2", "split m2", "split m3", "trim m1",
        "lowerAscii m1", "upperAscii m1", "replace m3", "substring m2", "substring m3", "indexOf m2", "join m1", "join m2", "isSorted m1",
        "isIP f1", "ip f1", "family m1", "isCIDR f1", "cidr f1", "prefixLength m1", "ip m1", "containsIP m2", "containsCIDR m2", "masked m1",
        "isUnspecified m1", "isLoopback m1", "isLinkLocalMulticast m1", "duration f1", "getSeconds m1", "getMilliseconds m1", "getMinutes m1", "getHours m1",
        "int f1", "double f1", "string f1", "bool f1", "type f1", "dyn f1", "sum m1", "min m1", "max m1",
    ];

    public static bool Exists(string name, bool isMember, int arguments) => Known.Contains($"{name} {(isMember ? 'm' : 'f')}{arguments}");

    public static object? Call(string name, object?[] a) => (name, a) switch
    {
        ("size", [string s]) => (long)s.EnumerateRunes().Count(),
        ("size", [List<object?> l]) => (long)l.Count,
        ("size", [Dictionary<string, object?> m]) => (long)m.Count,
        ("matches", [string s, string p]) => Pattern.Matches(p, s),
        ("startsWith", [string s, string p]) => s.StartsWith(p, StringComparison.Ordinal),
        ("endsWith", [string s, string p]) => s.EndsWith(p, StringComparison.Ordinal),
        ("contains", [string s, string p]) => s.Contains(p, StringComparison.Ordinal),
        ("split", [string s, string p]) => Texts(p.Length == 0 ? s.Select(c => c.ToString()) : s.Split(p)),
        ("split", [string s, string p, long n]) => n == 0 ? Texts([]) : Texts(s.Split(p, n < 0 ? int.MaxValue : (int)n)),
        ("trim", [string s]) => s.Trim(),
        ("lowerAscii", [string s]) => s.ToLowerInvariant(),
        ("upperAscii", [string s]) => s.ToUpperInvariant(),
        ("replace", [string s, string x, string y]) => s.Replace(x, y, StringComparison.Ordinal),
        ("substring", [string s, long i]) when i >= 0 && i <= s.Length => s[(int)i..],
        ("substring", [string s, long i, long j]) when i >= 0 && i <= j && j <= s.Length => s[(int)i..(int)j],
        ("indexOf", [string s, string p]) => (long)s.IndexOf(p, StringComparison.Ordinal),
        ("join", [List<object?> l]) => string.Concat(l),
        ("join", [List<object?> l, string p]) => string.Join(p, l),
        ("isSorted", [List<object?> l]) => l.Zip(l.Skip(1)).All(p => CelValues.Compare(p.First, p.Second) <= 0),
        ("sum", [List<object?> l]) => l.Aggregate((object?)0L, (x, y) => CelValues.Arithmetic("+", x, y)),
        ("min", [List<object?> { Count: > 0 } l]) => l.Aggregate((x, y) => CelValues.Compare(x, y) <= 0 ? x : y),
        ("max", [List<object?> { Count: > 0 } l]) => l.Aggregate((x, y) => CelValues.Compare(x, y) >= 0 ? x : y),
        ("isIP", [string s]) => StrictAddress.Parse(s) is not null,
        ("ip", [string s]) => StrictAddress.Parse(s) ?? throw new CelException($"IP Address \"{s}\" parse error"),
        ("ip", [IPNetworkText n]) => n.Address,
        ("family", [IPAddress i]) => i.GetAddressBytes().Length == 4 ? 4L : 6L,
        ("isUnspecified", [IPAddress i]) => i.Equals(IPAddress.Any) || i.Equals(IPAddress.IPv6Any),
        ("isLoopback", [IPAddress i]) => IPAddress.IsLoopback(i),
        ("isLinkLocalMulticast", [IPAddress i]) => i.GetAddressBytes() is [224, 0, 0, _] or [0xff, 0x02, ..],
        ("isCIDR", [string s]) => IPNetworkText.Parse(s) is not null,
        ("cidr", [string s]) => IPNetworkText.Parse(s) ?? throw new CelException($"network address parse error during conversion from string: \"{s}\""),
        ("prefixLength", [IPNetworkText n]) => (long)n.Length,
        ("masked", [IPNetworkText n]) => n with { Address = n.Network.BaseAddress },
        ("containsIP", [IPNetworkText n, string s]) => StrictAddress.Parse(s) is { } i && n.Network.Contains(i),
        ("containsIP", [IPNetworkText n, IPAddress i]) => n.Network.Contains(i),
        ("containsCIDR", [IPNetworkText n, string s]) => IPNetworkText.Parse(s) is { } o && o.Length >= n.Length && n.Network.Contains(o.Address),
        ("containsCIDR", [IPNetworkText n, IPNetworkText o]) => o.Length >= n.Length && n.Network.Contains(o.Address),
        ("duration", [string s]) => GoDuration.TryParse(s, out var d) ? d : throw new CelException($"invalid duration \"{s}\""),
        ("getSeconds", [TimeSpan d]) => (long)d.TotalSeconds,
        ("getMilliseconds", [TimeSpan d]) => (long)d.TotalMilliseconds,
        ("getMinutes", [TimeSpan d]) => (long)d.TotalMinutes,
        ("getHours", [TimeSpan d]) => (long)d.TotalHours,
        ("int", [string s]) => long.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : throw new CelException($"cannot convert \"{s}\" to int"),
        ("int", [double d]) => (long)d,
        ("int", [long n]) => n,
        ("double", [string s]) => double.Parse(s, CultureInfo.InvariantCulture),
        ("double", [long n]) => (double)n,
        ("double", [double d]) => d,
        ("string", [bool b]) => b ? "true" : "false",
        ("string", [var x]) => Convert.ToString(x, CultureInfo.InvariantCulture),
        ("bool", [string s]) => s == "true",
        ("dyn", [var x]) => x,
        ("type", [var x]) => x switch { long => "int", string => "string", bool => "bool", double => "double", List<object?> => "list", null => "null_type", _ => "map" },
        _ => throw new CelException($"no such overload: {name}"),
    };

    private static List<object?> Texts(IEnumerable<string> values) => [.. values];
}
