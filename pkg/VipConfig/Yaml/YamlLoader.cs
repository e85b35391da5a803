// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>Builds the tree of one document from the parser's events: no aliases, no tags, bounded in depth and size.</summary>
internal static class YamlLoader
{
    private const int MaxDepth = 24;

    private const int MaxLength = 16 * 1024 * 1024;

    /// <summary>The document's tree; null when it is empty or cannot be read, which is then among the problems.</summary>
    public static YamlNode? Load(string text, string file, ProblemList problems)
    {
        if (text.Length > MaxLength)
        {
            problems.Add(ProblemKind.Error, new(file, 1, 1), "", $"the file has more than {MaxLength} characters: divide the configuration among nodes");
            return null;
        }

        if (FindControl(text) is { } control)
        {
            problems.Add(ProblemKind.Error, control with { File = file }, "", "a control character stands here, which no text file has: remove it, or write it as \\x.. in double quotes");
            return null;
        }

        Parser? parser = null;
        try
        {
            parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
            return Build(parser, file, problems);
        }
        catch (YamlException broken)
        {
            // The scanner's words are about characters and indentation; they name no value.
            Refuse(problems, file, broken.Start, $"this is no YAML: {broken.Message}; mind the indentation, colons and quotes here and on the line before");
            return null;
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The library's own slip on text that is far from YAML; it is no reason to end.
            Refuse(problems, file, parser?.Current?.End ?? Mark.Empty, "this is no YAML from here on: mind the indentation, colons and quotes");
            return null;
        }
    }

    // The scanner takes some of these for its own mistake.
    private static SourcePosition? FindControl(string text)
    {
        int line = 1, start = 0;
        for (int i = 0; i < text.Length; i++)
            if (text[i] == '\n')
                (line, start) = (line + 1, i + 1);
            else if (char.IsControl(text[i]) && text[i] is not ('\t' or '\r' or '\u0085'))
                return new("", line, i - start + 1);
        return null;
    }

    private static YamlNode? Build(Parser parser, string file, ProblemList problems)
    {
        Stack<Open> open = new();
        YamlNode? root = null;
        while (parser.MoveNext())
        {
            ParsingEvent current = parser.Current!;
            if (current is NodeEvent node && !(node.Anchor.IsEmpty && node.Tag.IsEmpty))
                return Refuse(problems, file, current.Start, "anchors (&) and tags (!) are not used here: write the value out");
            switch (current)
            {
                case AnchorAlias:
                    return Refuse(problems, file, current.Start, "aliases (*) are not used here: write the value out");
                case DocumentStart when root is not null:
                    return Refuse(problems, file, current.Start, "a second document begins here (---): keep one document in the file");
                case Scalar scalar:
                    YamlScalar leaf = new(scalar.Value, scalar.Style != ScalarStyle.Plain) { Line = (int)scalar.Start.Line, Column = (int)scalar.Start.Column };
                    if (!Attach(leaf))
                        return null;
                    break;
                case MappingStart or SequenceStart when open.Count >= MaxDepth:
                    return Refuse(problems, file, current.Start, $"this is nested more than {MaxDepth} deep, and nothing in a configuration is: check the indentation and brackets");
                case MappingStart start:
                    open.Push(new(new YamlMapping([]) { Line = (int)start.Start.Line, Column = (int)start.Start.Column }));
                    break;
                case SequenceStart start:
                    open.Push(new(new YamlSequence([]) { Line = (int)start.Start.Line, Column = (int)start.Start.Column }));
                    break;
                case MappingEnd or SequenceEnd:
                    if (!Attach(open.Pop().Node))
                        return null;
                    break;
                default:
                    break;
            }
        }

        return root;

        bool Attach(YamlNode node)
        {
            if (open.Count == 0)
            {
                root = node;
                return true;
            }

            Open around = open.Peek();
            if (around.Node is YamlSequence sequence)
                sequence.Items.Add(node);
            else if (around.Key is { } key)
            {
                ((YamlMapping)around.Node).Entries.Add((key, node));
                around.Key = null;
            }
            else if (node is YamlScalar name)
                around.Key = name;
            else
            {
                problems.Add(ProblemKind.Error, new(file, node.Line, node.Column), "", $"{node.Noun} stands where a key must: write a name and a colon");
                return false;
            }

            return true;
        }
    }

    private static YamlNode? Refuse(ProblemList problems, string file, Mark at, string message)
    {
        problems.Add(ProblemKind.Error, new(file, (int)at.Line, (int)at.Column), "", message);
        return null;
    }

    private sealed class Open(YamlNode node)
    {
        public YamlNode Node { get; } = node;
        public YamlScalar? Key { get; set; }
    }
}
