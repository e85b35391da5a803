// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace LoadBalancer.ApiServer.Cel;

/// <summary>A compiled rule.</summary>
public sealed class CelProgram
{
    private static readonly ConcurrentDictionary<string, CelProgram> Known = new(StringComparer.Ordinal);
    private readonly CelNode _root;

    private CelProgram(CelNode root)
    {
        _root = root;
        UsesOldSelf = Mentions(root, "oldSelf");
    }

    /// <summary>A rule about a transition is only asked when there is something to come from.</summary>
    public bool UsesOldSelf { get; }

    public static string? CompileError(string rule)
    {
        try
        {
            _ = Compile(rule);
            return null;
        }
        catch (CelException e)
        {
            return e.Message;
        }
    }

    public static CelProgram Compile(string rule) => Known.GetOrAdd(rule, static r => new CelProgram(CelParser.Parse(r)));

    public object? Evaluate(object? self, object? oldSelf) =>
        Evaluate(_root, new Dictionary<string, object?>(StringComparer.Ordinal) { ["self"] = self, ["oldSelf"] = oldSelf });

    private static bool Mentions(CelNode node, string name) => (node.Kind == "ident" && node.Text == name) || node.Children.Any(c => Mentions(c, name));

    private static object? Evaluate(CelNode node, Dictionary<string, object?> scope)
    {
        var c = node.Children;
        switch (node.Kind)
        {
            case "literal":
                return node.Value;
            case "ident":
                return scope[node.Text];
            case "select":
                return Evaluate(c[0], scope) is Dictionary<string, object?> map && map.TryGetValue(node.Text, out var field) ? field : throw new CelException("no such key: " + node.Text);
            case "has":
                return Evaluate(c[0], scope) is Dictionary<string, object?> holder && holder.ContainsKey(node.Text);
            case "index":
                return Index(Evaluate(c[0], scope), Evaluate(c[1], scope));
            case "list":
                return c.Select(i => Evaluate(i, scope)).ToList();
            case "object":
                return Enumerable.Range(0, c.Count / 2).ToDictionary(i => Evaluate(c[2 * i], scope) as string ?? "", i => Evaluate(c[(2 * i) + 1], scope));
            case "call":
                return CelFunctions.Call(node.Text, [.. c.Select(i => Evaluate(i, scope))]);
            case "cond":
                return CelValues.Truth(Evaluate(c[0], scope)) ? Evaluate(c[1], scope) : Evaluate(c[2], scope);
            case "&&" or "||":
                return Logic(node.Kind == "||", c, scope);
            case "!":
                return !CelValues.Truth(Evaluate(c[0], scope));
            case "neg":
                return Evaluate(c[0], scope) switch { long n => -n, double d => -d, _ => throw new CelException("no such overload: -_") };
            case "all" or "exists" or "exists_one" or "map" or "filter":
                return Macro(node, scope);
            default:
                return Operator(node.Kind, Evaluate(c[0], scope), Evaluate(c[1], scope));
        }
    }

    // Either side may fail as long as the other decides alone: CEL's logic does not depend on order.
    private static bool Logic(bool decisive, IReadOnlyList<CelNode> sides, Dictionary<string, object?> scope)
    {
        try
        {
            if (CelValues.Truth(Evaluate(sides[0], scope)) == decisive)
                return decisive;
        }
        catch (CelException)
        {
            if (CelValues.Truth(Evaluate(sides[1], scope)) == decisive)
                return decisive;
            throw;
        }

        return CelValues.Truth(Evaluate(sides[1], scope));
    }

    private static object Operator(string op, object? a, object? b) => op switch
    {
        "==" => CelValues.Same(a, b),
        "!=" => !CelValues.Same(a, b),
        "<" => CelValues.Compare(a, b) < 0,
        "<=" => CelValues.Compare(a, b) <= 0,
        ">" => CelValues.Compare(a, b) > 0,
        ">=" => CelValues.Compare(a, b) >= 0,
        "in" => b switch
        {
            List<object?> list => list.Any(i => CelValues.Same(i, a)),
            Dictionary<string, object?> map => a is string key && map.ContainsKey(key),
            _ => throw new CelException("no such overload: _in_"),
        },
        _ => CelValues.Arithmetic(op, a, b),
    };

    private static object? Index(object? over, object? key) => (over, key) switch
    {
        (List<object?> list, long i) when i >= 0 && i < list.Count => list[(int)i],
        (Dictionary<string, object?> map, string name) when map.TryGetValue(name, out var value) => value,
        (List<object?>, long i) => throw new CelException("index out of bounds: " + i),
        (Dictionary<string, object?>, string name) => throw new CelException("no such key: " + name),
        _ => throw new CelException("no such overload: _[_]"),
    };

    private static object? Macro(CelNode node, Dictionary<string, object?> scope)
    {
        var over = Evaluate(node.Children[0], scope) switch
        {
            List<object?> list => list,
            Dictionary<string, object?> map => [.. map.Keys],
            _ => throw new CelException($"no such overload: {node.Kind} needs a list or a map"),
        };
        object? With(object? item, int part) => Evaluate(node.Children[part], new Dictionary<string, object?>(scope, StringComparer.Ordinal) { [node.Text] = item });
        bool Holds(object? item) => CelValues.Truth(With(item, 1));
        return node.Kind switch
        {
            "all" => over.All(Holds),
            "exists" => over.Any(Holds),
            "exists_one" => over.Count(Holds) == 1,
            "filter" => over.Where(Holds).ToList(),
            _ => node.Children.Count == 3 ? over.Where(Holds).Select(i => With(i, 2)).ToList() : over.Select(i => With(i, 1)).ToList(),
        };
    }
}
