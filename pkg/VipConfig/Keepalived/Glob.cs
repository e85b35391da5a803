// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>File names with wildcards: <c>*</c>, <c>?</c>, <c>[a-z]</c> and <c>{a,b}</c>, as the shell knows them.</summary>
internal static class Glob
{
    private const int MostAlternatives = 256;

    public static bool HasWildcard(string pattern) => pattern.AsSpan().ContainsAny("*?[");

    /// <summary>Paths that match, sorted; a pattern without wildcards is its own path, there or not.</summary>
    public static List<string> Expand(string pattern, string directory, IConfigFiles files)
    {
        List<string> found = [];
        List<string> alternatives = [];
        Braces(pattern, alternatives);
        foreach (string alternative in alternatives)
        {
            string whole = alternative.StartsWith('/') || directory.Length == 0 ? alternative : $"{directory}/{alternative}";
            List<string> paths = [whole.StartsWith('/') ? "/" : ""];
            foreach (string part in whole.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                List<string> next = [];
                foreach (string path in paths)
                    if (!HasWildcard(part))
                        next.Add(Join(path, part));
                    else
                        foreach (string name in files.List(path))
                            if (Matches(name, part) && !(name.StartsWith('.') && !part.StartsWith('.')))
                                next.Add(Join(path, name));
                paths = next;
            }

            paths.Sort(StringComparer.Ordinal);
            found.AddRange(paths);
        }

        return found;
    }

    public static bool Matches(ReadOnlySpan<char> name, ReadOnlySpan<char> pattern)
    {
        int n = 0, p = 0, starName = -1, starPattern = -1;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (starPattern, starName) = (p++, n);
            else if (p < pattern.Length && One(name[n], pattern, ref p))
                n++;
            else if (starPattern >= 0)
                (p, n) = (starPattern + 1, ++starName);
            else
                return false;
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    private static bool One(char letter, ReadOnlySpan<char> pattern, ref int p)
    {
        int close = pattern[p] == '[' ? pattern[(p + 1)..].IndexOf(']') : -1;
        if (close < 1)
        {
            bool same = pattern[p] == '?' || pattern[p] == letter;
            p += same ? 1 : 0;
            return same;
        }

        ReadOnlySpan<char> set = pattern.Slice(p + 1, close);
        bool not = set[0] is '!' or '^', inside = false;
        for (int i = not ? 1 : 0; i < set.Length; i++)
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                inside |= letter >= set[i] && letter <= set[i + 2];
                i += 2;
            }
            else
                inside |= letter == set[i];
        if (inside == not)
            return false;
        p += close + 2;
        return true;
    }

    private static void Braces(string pattern, List<string> alternatives)
    {
        int open = pattern.IndexOf('{', StringComparison.Ordinal), depth = 0, close = -1;
        for (int i = Math.Max(open, 0); open >= 0 && close < 0 && i < pattern.Length; i++)
        {
            depth += pattern[i] == '{' ? 1 : pattern[i] == '}' ? -1 : 0;
            close = depth == 0 ? i : -1;
        }

        if (close < 0)
        {
            alternatives.Add(pattern);
            return;
        }

        int start = open + 1;
        for (int i = start; i <= close && alternatives.Count < MostAlternatives; i++)
        {
            depth += pattern[i] == '{' ? 1 : pattern[i] == '}' && i < close ? -1 : 0;
            if (i == close || (pattern[i] == ',' && depth == 0))
            {
                Braces(pattern[..open] + pattern[start..i] + pattern[(close + 1)..], alternatives);
                start = i + 1;
            }
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : path.EndsWith('/') ? path + name : $"{path}/{name}";
}
