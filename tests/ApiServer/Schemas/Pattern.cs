// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace LoadBalancer.ApiServer.Schemas;

/// <summary>Regular expressions of schemas and rules, kept compiled.</summary>
public static class Pattern
{
    private static readonly ConcurrentDictionary<string, Regex> Known = new(StringComparer.Ordinal);

    public static string? Error(string pattern)
    {
        try
        {
            _ = Of(pattern);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    public static bool Matches(string pattern, string text) => Of(pattern).IsMatch(text);

    // RE2 is linear in its input; the non-backtracking engine is the same promise. $ there is the end of text only.
    private static Regex Of(string pattern) => Known.GetOrAdd(pattern, static p =>
        new Regex(p.EndsWith('$') && !p.EndsWith("\\$", StringComparison.Ordinal) ? p[..^1] + "\\z" : p, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
}
