// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>A word, or a brace that opens or closes a block.</summary>
internal readonly record struct Token(string Text, bool IsBrace);

/// <summary>Divides a line into words: blanks separate, quotes of either kind join, braces outside of quotes stand alone.</summary>
internal static class Lexer
{
    /// <summary>The words of a line; false when a quote is not closed, and then the line is divided as if it were at its end.</summary>
    public static bool TryRead(string line, List<Token> tokens)
    {
        StringBuilder word = new();
        bool any = false;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char letter = line[i];
            if (quote != '\0' && letter == '\\' && i + 1 < line.Length)
                i = Escape(line, i + 1, word);
            else if (quote == '\0' ? letter is '"' or '\'' : letter == quote)
            {
                quote = quote == '\0' ? letter : '\0';
                any = true;
            }
            else if (quote != '\0')
                word.Append(letter);
            else if (char.IsWhiteSpace(letter) || letter is '{' or '}')
            {
                End();
                if (letter is '{' or '}')
                    tokens.Add(new(letter.ToString(), IsBrace: true));
            }
            else
            {
                word.Append(letter);
                any = true;
            }
        }

        End();
        return quote == '\0';

        void End()
        {
            if (any)
                tokens.Add(new(word.ToString(), IsBrace: false));
            word.Clear();
            any = false;
        }
    }

    /// <summary>Divides a program and its arguments, given as one word: blanks separate, single quotes join.</summary>
    public static ValueList<string> Command(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool quoted = false, any = false;
        foreach (char letter in text)
            if (letter == '\'')
                (quoted, any) = (!quoted, true);
            else if (!quoted && char.IsWhiteSpace(letter))
            {
                if (any)
                    words.Add(word.ToString());
                word.Clear();
                any = false;
            }
            else
            {
                word.Append(letter);
                any = true;
            }

        if (any)
            words.Add(word.ToString());
        return [.. words];
    }

    // \a \b \E \f \n \r \t \v, up to three octal digits, \xXX, \cC, and any other character as itself.
    private static int Escape(string line, int at, StringBuilder word)
    {
        const string From = "abEfnrtv";
        const string To = "\a\b\e\f\n\r\t\v";
        char letter = line[at];
        int known = From.IndexOf(letter, StringComparison.Ordinal);
        int digits = 0;
        if (letter is >= '0' and <= '7')
        {
            int value = 0;
            for (; digits < 3 && at + digits < line.Length && line[at + digits] is >= '0' and <= '7'; digits++)
                value = (value * 8) + (line[at + digits] - '0');
            word.Append((char)(value & 0xFF));
            return at + digits - 1;
        }

        while (letter == 'x' && digits < 2 && at + 1 + digits < line.Length && char.IsAsciiHexDigit(line[at + 1 + digits]))
            digits++;
        if (digits > 0)
        {
            word.Append((char)int.Parse(line.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            return at + digits;
        }

        if (letter == 'c' && at + 1 < line.Length)
        {
            word.Append((char)(line[at + 1] & 0x1F));
            return at + 1;
        }

        word.Append(known >= 0 ? To[known] : letter);
        return at;
    }
}
