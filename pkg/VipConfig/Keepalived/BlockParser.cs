// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>Builds the tree of blocks; a brace too many or too few is reported, and reading goes on behind it.</summary>
internal static class BlockParser
{
    private const int Deepest = 12;

    public static List<Statement> Parse(List<ConfLine> lines, ProblemList problems)
    {
        List<Statement> root = [];
        Stack<(Statement Owner, List<Statement> Block)> open = new();
        List<Statement> current = root;
        List<Token> tokens = [];
        Statement? last = null;
        foreach (ConfLine line in lines)
        {
            tokens.Clear();
            if (!Lexer.TryRead(line.Text, tokens))
                problems.Add(ProblemKind.Error, line.At, "", "a quote is not closed on its line: close it");
            List<string> words = [];
            foreach (Token token in tokens)
            {
                if (!token.IsBrace)
                {
                    words.Add(token.Text);
                    continue;
                }

                Flush(line.At);
                if (token.Text == "{")
                    Open(line.At);
                else
                    Close(line.At);
            }

            Flush(line.At);

            void Flush(SourcePosition at)
            {
                if (words.Count == 0)
                    return;
                last = new(words[0], words[1..], at);
                current.Add(last);
                words = [];
            }
        }

        foreach ((Statement owner, _) in open)
            problems.Add(ProblemKind.Error, owner.At, "", $"the block of {owner.Keyword} that begins here is not closed: add a }} where it ends");
        return root;

        void Open(SourcePosition at)
        {
            if (last is null || last.Block is not null || open.Count >= Deepest)
            {
                problems.Add(ProblemKind.Error, at, "", open.Count >= Deepest
                    ? $"blocks are nested more than {Deepest} deep: a }} is missing above"
                    : "a { stands without a keyword before it: remove it, or write the keyword");
                // What follows still has an end, which must not close the block around.
                last = new("", [], at);
            }

            last.Block = [];
            open.Push((last, current));
            current = last.Block;
            last = null;
        }

        void Close(SourcePosition at)
        {
            last = null;
            if (open.Count == 0)
                problems.Add(ProblemKind.Error, at, "", "a } closes nothing: remove it, or look for a block that was closed too early");
            else
                current = open.Pop().Block;
        }
    }
}
