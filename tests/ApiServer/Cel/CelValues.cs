// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Cel;

/// <summary>Values of the evaluator: null, bool, long, double, string, list, map, duration, address, prefix.</summary>
public static class CelValues
{
    public static object? From(JsonNode? node) => node switch
    {
        null => null,
        JsonObject map => map.ToDictionary(p => p.Key, p => From(p.Value), StringComparer.Ordinal),
        JsonArray list => list.Select(From).ToList(),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => node.Text(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Array => null,
            JsonValueKind.Number => node.Whole() is { } whole ? whole : node.Number(),
            _ => throw new System.Diagnostics.UnreachableException(),
        },
    };

    public static bool Same(object? a, object? b) => (a, b) switch
    {
        (long x, double y) => x == y,
        (double x, long y) => x == y,
        (List<object?> x, List<object?> y) => x.Count == y.Count && x.Zip(y).All(p => Same(p.First, p.Second)),
        (Dictionary<string, object?> x, Dictionary<string, object?> y) => x.Count == y.Count && x.All(p => y.TryGetValue(p.Key, out var other) && Same(p.Value, other)),
        _ => Equals(a, b),
    };

    public static int Compare(object? a, object? b) => (a, b) switch
    {
        (long x, long y) => x.CompareTo(y),
        (double x, double y) => x.CompareTo(y),
        (long x, double y) => ((double)x).CompareTo(y),
        (double x, long y) => x.CompareTo((double)y),
        (string x, string y) => string.CompareOrdinal(x, y),
        (TimeSpan x, TimeSpan y) => x.CompareTo(y),
        (bool x, bool y) => x.CompareTo(y),
        _ => throw new CelException("no such overload: values of different types cannot be ordered"),
    };

    public static object Arithmetic(string op, object? a, object? b) => (op, a, b) switch
    {
        ("+", long x, long y) => checked(x + y),
        ("-", long x, long y) => checked(x - y),
        ("*", long x, long y) => checked(x * y),
        ("/" or "%", long, 0L) => throw new CelException("division by zero"),
        ("/", long x, long y) => x / y,
        ("%", long x, long y) => x % y,
        ("+", double x, double y) => x + y,
        ("-", double x, double y) => x - y,
        ("*", double x, double y) => x * y,
        ("/", double x, double y) => x / y,
        ("+", string x, string y) => x + y,
        ("+", List<object?> x, List<object?> y) => new List<object?>([.. x, .. y]),
        ("+", TimeSpan x, TimeSpan y) => x + y,
        ("-", TimeSpan x, TimeSpan y) => x - y,
        _ => throw new CelException($"no such overload: _{op}_"),
    };

    public static bool Truth(object? value) => value is bool truth ? truth : throw new CelException("no such overload: a bool is needed");

    public static string Describe(object? value) => value is IPAddress or IPNetworkText ? value.ToString()! : JsonSerializer.Serialize(value);
}
