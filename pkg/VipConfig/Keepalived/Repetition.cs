// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>
/// Reads <c>~SEQ(var, start, step, end) rest</c>, <c>~SEQx(...)</c> and <c>~LST(var, a, b) rest</c>: the rest is worked off
/// once for each value.
/// </summary>
internal static class Repetition
{
    public const int MostRounds = 70_000;

    /// <summary>The variables, their values for each round, and the rest of the line; the error says what is wrong with it.</summary>
    public static bool TryRead(string line, out string[] names, out List<string[]> rounds, out string rest, out string error)
    {
        names = [];
        rounds = [];
        rest = error = "";
        bool hex = line.StartsWith("~SEQx(", StringComparison.Ordinal), list = line.StartsWith("~LST(", StringComparison.Ordinal);
        int open = line.IndexOf('(', StringComparison.Ordinal), close = line.IndexOf(')', StringComparison.Ordinal);
        if (!(hex || list || line.StartsWith("~SEQ(", StringComparison.Ordinal)) || close < open)
            return Fail(out error, "is neither ~SEQ(variable, start, step, end), ~SEQx(...) nor ~LST(variable, value, ...)");
        rest = line[(close + 1)..].TrimStart();
        List<string> parts = Split(line[(open + 1)..close]);
        if (parts.Count < 2)
            return Fail(out error, "needs a variable and at least one value");
        return list ? List(parts, out names, rounds, out error) : Sequence(parts, hex, out names, rounds, out error);
    }

    private static bool List(List<string> parts, out string[] names, List<string[]> rounds, out string error)
    {
        error = "";
        names = Members(parts[0]);
        for (int i = 1; i < parts.Count; i++)
        {
            string[] values = names.Length > 1 || parts[i].StartsWith('{') ? Members(parts[i]) : [parts[i]];
            if (values.Length != names.Length)
                return Fail(out error, $"has {values.Length} values for {names.Length} variables in its {i}. entry");
            rounds.Add(values);
        }

        return true;
    }

    private static bool Sequence(List<string> parts, bool hex, out string[] names, List<string[]> rounds, out string error)
    {
        error = "";
        names = [parts[0]];
        long[] numbers = new long[parts.Count - 1];
        for (int i = 1; i < parts.Count; i++)
            if (!TryNumber(parts[i], out numbers[i - 1]))
                return Fail(out error, $"has \"{parts[i]}\" where a number must be");
        if (numbers.Length > 3)
            return Fail(out error, "has more than start, step and end");
        long end = numbers[^1], start = numbers.Length > 1 ? numbers[0] : end < 0 ? -1 : 1, step = numbers.Length > 2 ? numbers[1] : end >= start ? 1 : -1;
        if (step == 0 || (end - start) / step + 1 > MostRounds)
            return Fail(out error, $"would never end, or take more than {MostRounds} rounds");
        for (long value = start; step > 0 ? value <= end : value >= end; value += step)
            rounds.Add([hex ? value.ToString("x", CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture)]);
        return true;
    }

    private static bool TryNumber(string text, out long number)
    {
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase), minus = text.StartsWith('-');
        bool read = hex
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : long.TryParse(minus ? text.AsSpan(1) : text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        number = minus ? -number : number;
        return read && Math.Abs(number) < int.MaxValue;
    }

    // Commas within braces belong to their group.
    private static List<string> Split(string text)
    {
        List<string> parts = [];
        int start = 0, depth = 0;
        for (int i = 0; i <= text.Length; i++)
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
            else
                depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
        return parts;
    }

    private static string[] Members(string group) => group.Trim('{', '}').Split(',', StringSplitOptions.TrimEntries);

    private static bool Fail(out string error, string message)
    {
        error = message;
        return false;
    }
}
