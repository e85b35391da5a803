// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Cel;

/// <summary>Recursive descent over the tokens of one rule.</summary>
public sealed class CelParser
{
    private static readonly string[][] Levels = [["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"], ["*", "/", "%"]];
    private static readonly HashSet<string> Macros = ["all", "exists", "exists_one", "map", "filter"];

    private readonly List<(string Kind, string Text, object? Value)> _tokens;
    private readonly HashSet<string> _names = ["self", "oldSelf"];
    private int _at;

    private CelParser(string rule) => _tokens = CelLexer.Read(rule);

    public static CelNode Parse(string rule)
    {
        var parser = new CelParser(rule);
        var node = parser.Expression();
        if (parser._tokens[parser._at].Kind != "end")
            throw parser.Unexpected();
        return node;
    }

    private CelException Unexpected() => new($"Syntax error: mismatched input '{_tokens[_at].Text}{_tokens[_at].Value}'");

    private bool Accept(string op)
    {
        if (_tokens[_at].Kind != "op" || _tokens[_at].Text != op)
            return false;
        _at++;
        return true;
    }

    private void Expect(string op)
    {
        if (!Accept(op))
            throw Unexpected();
    }

    private CelNode Expression()
    {
        var condition = Binary(0);
        if (!Accept("?"))
            return condition;
        var yes = Binary(0);
        Expect(":");
        return new CelNode("cond", "", null, [condition, yes, Expression()]);
    }

    private CelNode Binary(int level)
    {
        if (level == Levels.Length)
            return Unary();
        var left = Binary(level + 1);
        while (_tokens[_at].Kind == "op" && Levels[level].Contains(_tokens[_at].Text))
            left = new CelNode(_tokens[_at++].Text, "", null, [left, Binary(level + 1)]);
        return left;
    }

    private CelNode Unary()
    {
        if (Accept("!"))
            return new CelNode("!", "", null, [Unary()]);
        return Accept("-") ? new CelNode("neg", "", null, [Unary()]) : Postfix(Primary());
    }

    private CelNode Postfix(CelNode node)
    {
        while (true)
        {
            if (Accept("["))
            {
                node = new CelNode("index", "", null, [node, Expression()]);
                Expect("]");
            }
            else if (Accept("."))
            {
                if (_tokens[_at].Kind != "ident")
                    throw Unexpected();
                var name = _tokens[_at++].Text;
                if (!Accept("("))
                    node = new CelNode("select", Unescape(name), null, [node]);
                else if (Macros.Contains(name))
                    node = Macro(node, name);
                else
                    node = Call(name, [node], isMember: true);
            }
            else
            {
                return node;
            }
        }
    }

    // Field names that are keywords or hold other characters are written __name__, with __dash__ and the like.
    private static string Unescape(string name)
    {
        if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) && name.Length > 4)
            return name[2..^2];
        return name.Replace("__dash__", "-", StringComparison.Ordinal).Replace("__dot__", ".", StringComparison.Ordinal)
            .Replace("__slash__", "/", StringComparison.Ordinal).Replace("__underscores__", "__", StringComparison.Ordinal);
    }

    private CelNode Macro(CelNode over, string name)
    {
        if (_tokens[_at].Kind != "ident")
            throw Unexpected();
        var variable = _tokens[_at++].Text;
        var isNew = _names.Add(variable);
        var children = new List<CelNode> { over };
        while (Accept(","))
            children.Add(Expression());
        Expect(")");
        if (isNew)
            _names.Remove(variable);
        if (children.Count < 2 || children.Count > (name == "map" ? 3 : 2))
            throw new CelException($"ERROR: macro '{name}' has the wrong number of arguments");
        return new CelNode(name, variable, null, children);
    }

    private CelNode Call(string name, List<CelNode> arguments, bool isMember)
    {
        if (!Accept(")"))
        {
            do
                arguments.Add(Expression());
            while (Accept(","));
            Expect(")");
        }

        if (!isMember && name == "has")
            return arguments is [{ Kind: "select" } field] ? new CelNode("has", field.Text, null, field.Children) : throw new CelException("ERROR: invalid argument to has() macro");
        if (!CelFunctions.Exists(name, isMember, arguments.Count))
            throw new CelException($"ERROR: undeclared reference to '{name}' (in container '')");
        return new CelNode("call", name, null, arguments);
    }

    private CelNode Primary()
    {
        var token = _tokens[_at++];
        if (token.Kind == "literal")
            return new CelNode("literal", "", token.Value, []);
        if (token.Kind == "ident")
        {
            if (Accept("("))
                return Call(token.Text, [], isMember: false);
            if (!_names.Contains(token.Text))
                throw new CelException($"ERROR: undeclared reference to '{token.Text}' (in container '')");
            return new CelNode("ident", token.Text, null, []);
        }

        if (token is { Kind: "op", Text: "(" })
        {
            var inner = Expression();
            Expect(")");
            return inner;
        }

        if (token is { Kind: "op", Text: "[" })
            return Items("]", "list", pairs: false);
        if (token is { Kind: "op", Text: "{" })
            return Items("}", "map", pairs: true);
        _at--;
        throw Unexpected();
    }

    private CelNode Items(string close, string kind, bool pairs)
    {
        var items = new List<CelNode>();
        while (!Accept(close))
        {
            items.Add(Expression());
            if (pairs)
            {
                Expect(":");
                items.Add(Expression());
            }

            if (!Accept(",") && !(_tokens[_at].Kind == "op" && _tokens[_at].Text == close))
                throw Unexpected();
        }

        return new CelNode(kind == "map" ? "object" : kind, "", null, items);
    }
}
