// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>Finds the word somebody probably meant.</summary>
internal static class NearestWord
{
    private const int LongestWord = 40;

    /// <summary>The closest of the words, when it is close enough to be a slip of the pen; null otherwise.</summary>
    public static string? Find(string written, IEnumerable<string> words)
    {
        if (written.Length > LongestWord)
            return null;
        string? best = null;
        int least = 1 + (written.Length / 3);
        foreach (string word in words)
        {
            int distance = Distance(written, word, least);
            if (distance < least || (distance == least && best is null))
                (best, least) = (word, distance);
        }

        return best;
    }

    /// <summary>", did you mean X" or nothing.</summary>
    public static string Hint(string written, IEnumerable<string> words) => Find(written, words) is { } word ? $", did you mean {word}" : "";

    private static int Distance(string left, string right, int enough)
    {
        if (Math.Abs(left.Length - right.Length) > enough || right.Length > LongestWord)
            return int.MaxValue;
        Span<int> row = stackalloc int[LongestWord + 1];
        for (int j = 0; j <= right.Length; j++)
            row[j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int cost = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                int here = Math.Min(diagonal + cost, Math.Min(row[j], row[j - 1]) + 1);
                diagonal = row[j];
                row[j] = here;
            }
        }

        return row[right.Length];
    }
}
