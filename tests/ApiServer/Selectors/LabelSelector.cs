// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LoadBalancer.ApiServer.Errors;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Selectors;

/// <summary>The query form of a label selector: equality and set based terms, all of which must hold.</summary>
public sealed partial class LabelSelector
{
    private readonly List<(string Key, string Operator, string[] Values)> _terms = [];

    public static LabelSelector? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var selector = new LabelSelector();
        foreach (var raw in Split(text))
        {
            var term = raw.Trim();
            if (SetTerm().Match(term) is { Success: true } set)
                selector._terms.Add((set.Groups[1].Value, set.Groups[2].Value, set.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries)));
            else if (EqualTerm().Match(term) is { Success: true } equal)
                selector._terms.Add((equal.Groups[1].Value, equal.Groups[2].Value == "!=" ? "notin" : "in", [equal.Groups[3].Value]));
            else if (ExistsTerm().Match(term) is { Success: true } exists)
                selector._terms.Add((exists.Groups[2].Value, exists.Groups[1].Value == "!" ? "absent" : "exists", []));
            else
                throw ApiException.BadRequest($"unable to parse requirement: found '{term}', expected: a label selector");
        }

        return selector;
    }

    public bool Matches(JsonObject node)
    {
        var labels = node.Map("metadata", "labels");
        foreach (var (key, op, values) in _terms)
        {
            var value = labels.Text(key);
            var holds = op switch
            {
                "in" => value is not null && values.Contains(value),
                "notin" => value is null || !values.Contains(value),
                "exists" => value is not null,
                _ => value is null,
            };
            if (!holds)
                return false;
        }

        return true;
    }

    private static IEnumerable<string> Split(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(')
                depth++;
            else if (text[i] == ')')
                depth--;
            else if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    [GeneratedRegex(@"^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$")]
    private static partial Regex SetTerm();

    [GeneratedRegex(@"^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$")]
    private static partial Regex EqualTerm();

    [GeneratedRegex(@"^(!?)\s*([\w./-]+)$")]
    private static partial Regex ExistsTerm();
}
