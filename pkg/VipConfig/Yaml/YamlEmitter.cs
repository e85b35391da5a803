// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>Writes a tree as YAML: two spaces a level, short lists of words in brackets.</summary>
internal static class YamlEmitter
{
    private const int WidestFlow = 100;

    public static string Write(YamlMapping root)
    {
        StringBuilder text = new();
        Mapping(text, root, 0, indentFirst: true);
        return text.ToString();
    }

    private static void Mapping(StringBuilder text, YamlMapping mapping, int level, bool indentFirst)
    {
        foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
        {
            if (indentFirst)
                text.Append(' ', level * 2);
            indentFirst = true;
            Scalar(text, key);
            text.Append(':');
            Value(text, value, level);
        }
    }

    private static void Value(StringBuilder text, YamlNode value, int level)
    {
        switch (value)
        {
            case YamlMapping { Entries.Count: 0 }:
                text.Append(" {}\n");
                break;
            case YamlMapping mapping:
                text.Append('\n');
                Mapping(text, mapping, level + 1, indentFirst: true);
                break;
            case YamlSequence sequence when IsShort(sequence):
                text.Append(' ');
                Flow(text, sequence);
                text.Append('\n');
                break;
            case YamlSequence sequence:
                text.Append('\n');
                foreach (YamlNode item in sequence.Items)
                    Item(text, item, level + 1);
                break;
            case YamlScalar scalar:
                text.Append(' ');
                Scalar(text, scalar);
                text.Append('\n');
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void Item(StringBuilder text, YamlNode item, int level)
    {
        text.Append(' ', level * 2).Append('-');
        if (item is YamlMapping { Entries.Count: > 0 } mapping)
        {
            text.Append(' ');
            Mapping(text, mapping, level + 1, indentFirst: false);
        }
        else
            Value(text, item, level);
    }

    private static void Flow(StringBuilder text, YamlSequence sequence)
    {
        text.Append('[');
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            if (i > 0)
                text.Append(", ");
            Scalar(text, (YamlScalar)sequence.Items[i]);
        }

        text.Append(']');
    }

    private static bool IsShort(YamlSequence sequence)
    {
        int width = 0;
        foreach (YamlNode item in sequence.Items)
        {
            if (item is not YamlScalar scalar)
                return false;
            width += scalar.Value.Length + 2;
        }

        return width <= WidestFlow;
    }

    private static void Scalar(StringBuilder text, YamlScalar scalar)
    {
        if (!scalar.Quoted && IsPlain(scalar.Value))
            text.Append(scalar.Value);
        else
            Quote(text, scalar.Value);
    }

    // Stricter than YAML: what stands without quotes here is a word in every version of the language and in brackets, too.
    private static bool IsPlain(string value)
    {
        if (value.Length == 0 || !(char.IsAsciiLetterOrDigit(value[0]) || value[0] is '/' or '_' or '-') || value[^1] == ':' || value is "-")
            return false;
        foreach (char letter in value)
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('/' or '_' or '-' or '.' or ':' or '+'))
                return false;
        return !value.StartsWith("--", StringComparison.Ordinal);
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char letter in value)
            _ = letter switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\t' => text.Append("\\t"),
                < ' ' or (>= '\x7f' and < '\xa0') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' or (>= '\ud800' and <= '\udfff') =>
                    text.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(letter),
            };
        text.Append('"');
    }
}
