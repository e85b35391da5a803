// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LoadBalancer.ApiServer.Cel;

/// <summary>Cuts a rule into tokens: (kind, text, value) with kinds ident, literal, op and end.</summary>
public static partial class CelLexer
{
    public static List<(string Kind, string Text, object? Value)> Read(string rule)
    {
        var tokens = new List<(string, string, object?)>();
        var at = 0;
        while (at < rule.Length)
        {
            if (char.IsWhiteSpace(rule[at]))
            {
                at++;
                continue;
            }

            var isRaw = rule[at] is 'r' or 'R' && at + 1 < rule.Length && rule[at + 1] is '"' or '\'';
            if (rule[at] is '"' or '\'' || isRaw)
            {
                tokens.Add(("literal", "", Text(rule, ref at, isRaw)));
                continue;
            }

            var match = Token().Match(rule, at);
            if (!match.Success || match.Index != at)
                throw new CelException($"Syntax error: token recognition error at: '{rule[at]}'");
            at += match.Length;
            if (match.Groups["number"] is { Success: true } number)
                tokens.Add(("literal", "", Number(number.Value)));
            else if (match.Groups["ident"].Success)
                tokens.Add(match.Value switch { "true" => ("literal", "", true), "false" => ("literal", "", false), "null" => ("literal", "", null), "in" => ("op", "in", null), _ => ("ident", match.Value, null) });
            else
                tokens.Add(("op", match.Value, null));
        }

        tokens.Add(("end", "<EOF>", null));
        return tokens;
    }

    private static object Number(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
            return long.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        text = text.TrimEnd('u');
        return text.AsSpan().ContainsAny('.', 'e', 'E') ? double.Parse(text, CultureInfo.InvariantCulture) : (object)long.Parse(text, CultureInfo.InvariantCulture);
    }

    private static string Text(string rule, ref int at, bool isRaw)
    {
        if (isRaw)
            at++;
        var quote = rule[at++];
        var text = new StringBuilder();
        while (at < rule.Length && rule[at] != quote)
        {
            var c = rule[at++];
            if (c != '\\' || isRaw || at >= rule.Length)
            {
                text.Append(c);
                continue;
            }

            var escape = rule[at++];
            text.Append(escape switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\\' or '\'' or '"' or '`' or '?' => escape,
                _ => throw new CelException($"Syntax error: unknown escape \\{escape}"),
            });
        }

        if (at++ >= rule.Length)
            throw new CelException("Syntax error: a string literal does not end");
        return text.ToString();
    }

    [GeneratedRegex(@"(?<number>0x[0-9a-fA-F]+|\d+\.\d+([eE][+-]?\d+)?|\d+u?)|(?<ident>[A-Za-z_]\w*)|&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]{}]")]
    private static partial Regex Token();
}
