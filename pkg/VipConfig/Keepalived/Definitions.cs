// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>Parameters (<c>$NAME=value</c>), of one line or several, and what stands for them.</summary>
internal sealed class Definitions(string hostName)
{
    private readonly Dictionary<string, string[]> _values = new(StringComparer.Ordinal);

    public void Set(string name, params string[] lines) => _values[name] = lines;

    /// <summary>Reads <c>$NAME=rest</c>; names are letters, digits and underscores and begin with no digit.</summary>
    public static bool TryReadDefinition(string line, out string name, out string rest)
    {
        name = rest = "";
        int end = 1;
        while (end < line.Length && IsNamePart(line[end]))
            end++;
        if (line.Length < 2 || line[0] != '$' || end == 1 || char.IsAsciiDigit(line[1]) || end >= line.Length || line[end] != '=')
            return false;
        name = line[1..end];
        rest = line[(end + 1)..].Trim();
        return true;
    }

    /// <summary>
    /// Finds the first parameter in a line that is defined: <c>${NAME}</c>, or <c>$NAME</c> before a blank or the end.
    /// What is not defined stays as written: it may belong to a script.
    /// </summary>
    public bool TryFind(string line, string directory, out int start, out int length, out string[] value)
    {
        for (start = line.IndexOf('$', StringComparison.Ordinal); start >= 0; start = line.IndexOf('$', start + 1))
        {
            bool braces = start + 1 < line.Length && line[start + 1] == '{';
            int first = start + (braces ? 2 : 1), end = first;
            if (braces)
                end = line.IndexOf('}', first);
            else
                while (end < line.Length && IsNamePart(line[end]))
                    end++;
            if (end <= first || (!braces && end < line.Length && !char.IsWhiteSpace(line[end])))
                continue;
            if (Find(line[first..end], directory) is { } found)
            {
                length = end - start + (braces ? 1 : 0);
                value = found;
                return true;
            }
        }

        length = 0;
        value = [];
        return false;
    }

    private string[]? Find(string name, string directory) => name switch
    {
        "_PWD" => [directory],
        "_INSTANCE" => [hostName],
        "_HASH" => ["#"],
        "_BANG" => ["!"],
        _ when name == "_RANDOM" || name.StartsWith("_RANDOM ", StringComparison.Ordinal) => [Least(name)],
        _ => _values.GetValueOrDefault(name),
    };

    // The same file must mean the same thing each time it is read, so the lowest number stands for a random one.
    private static string Least(string name)
    {
        string[] words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && uint.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? words[1] : "0";
    }

    private static bool IsNamePart(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '_';
}
