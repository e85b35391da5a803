// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>Cuts comments: # and ! begin one anywhere outside of quotes, unless a backslash stands before.</summary>
internal static class Comments
{
    /// <summary>The line without its comment; <paramref name="inWord"/> says that the comment follows a letter without a blank.</summary>
    public static string Cut(string line, out bool inWord)
    {
        inWord = false;
        if (!line.AsSpan().ContainsAny('#', '!'))
            return line;
        StringBuilder kept = new(line.Length);
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char letter = line[i];
            if (letter == '\\' && i + 1 < line.Length)
            {
                if (quote != '\0' || line[i + 1] is not ('#' or '!'))
                    kept.Append(letter);
                kept.Append(line[++i]);
                continue;
            }

            if (quote == '\0' && letter is '#' or '!' && quote == '\0')
            {
                inWord = i > 0 && !char.IsWhiteSpace(line[i - 1]) && line[i - 1] is not ('{' or '}' or '#' or '!');
                break;
            }

            if (letter is '"' or '\'')
                quote = quote == '\0' ? letter : quote == letter ? '\0' : quote;
            kept.Append(letter);
        }

        return kept.ToString();
    }
}
