// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>A compiled label selector. Two are equal when they ask for the same, in whatever order it was written.</summary>
public sealed partial class LabelSelector : IEquatable<LabelSelector>
{
    private readonly Term[] _terms;

    private LabelSelector(Term[] terms, string text)
    {
        _terms = terms;
        Text = text;
    }

    private enum Operator
    {
        In,
        NotIn,
        Exists,
        DoesNotExist,
    }

    /// <summary>The canonical text, for instance <c>env in (prod,stage),!old</c>; empty matches everything.</summary>
    public string Text { get; }

    /// <summary>Compiles a selector; each thing wrong with it is added to <paramref name="errors"/> as a sentence that begins with the field.</summary>
    public static LabelSelector? TryCompile(LabelSelectorManifest manifest, string field, List<string> errors)
    {
        int before = errors.Count;
        List<Term> terms = [];
        foreach ((string key, string value) in manifest.MatchLabels ?? new Dictionary<string, string>())
        {
            if (key.Length == 0)
                errors.Add($"{field}.matchLabels has an empty key: give the label's name");
            terms.Add(new Term(key, Operator.In, [value]));
        }

        IReadOnlyList<LabelRequirementManifest> expressions = manifest.MatchExpressions ?? [];
        for (int i = 0; i < expressions.Count; i++)
            if (Compile(expressions[i], $"{field}.matchExpressions[{i}]", errors) is { } term)
                terms.Add(term);

        if (errors.Count > before)
            return null;
        // To ask twice for one thing, as a label and as an expression, is to ask for it.
        terms.Sort(static (a, b) => string.CompareOrdinal(a.Text, b.Text));
        for (int i = terms.Count - 1; i > 0; i--)
            if (terms[i].Text == terms[i - 1].Text)
                terms.RemoveAt(i);

        List<string> texts = [];
        foreach (Term term in terms)
            texts.Add(term.Text);
        return new LabelSelector([.. terms], string.Join(',', texts));
    }

    /// <summary>The form of a selector that compiles, as it was written: equal only for the same fields, labels and values in any order.</summary>
    internal static string Written(LabelSelectorManifest manifest)
    {
        List<string> labels = [], expressions = [];
        foreach ((string key, string value) in manifest.MatchLabels ?? new Dictionary<string, string>())
            labels.Add($"{key}={value}");
        labels.Sort(StringComparer.Ordinal);
        foreach (LabelRequirementManifest expression in manifest.MatchExpressions ?? [])
        {
            List<string> values = [.. expression.Values ?? []];
            values.Sort(StringComparer.Ordinal);
            expressions.Add($"{expression.Key} {expression.Operator} {string.Join(',', values)}");
        }

        return string.Join(';', labels) + "|" + string.Join(';', expressions);
    }

    /// <summary>Whether an object with these labels is selected.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (Term term in _terms)
            if (!term.Matches(labels))
                return false;
        return true;
    }

    /// <summary>Whether any selector of the list matches; an empty list matches nothing here, its meaning is the caller's.</summary>
    public static bool AnyMatches(IReadOnlyList<LabelSelector> selectors, IReadOnlyDictionary<string, string> labels)
    {
        foreach (LabelSelector selector in selectors)
            if (selector.Matches(labels))
                return true;
        return false;
    }

    public bool Equals(LabelSelector? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as LabelSelector);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static Term? Compile(LabelRequirementManifest expression, string field, List<string> errors)
    {
        int before = errors.Count;
        IReadOnlyList<string> values = expression.Values ?? [];
        if (string.IsNullOrEmpty(expression.Key))
            errors.Add($"{field}.key is empty: give the label's name");
        if (!TryOperator(expression.Operator, out Operator op))
            errors.Add($"{field}.operator is \"{expression.Operator}\": use In, NotIn, Exists or DoesNotExist");
        else if (op is Operator.In or Operator.NotIn && values.Count == 0)
            errors.Add($"{field}.values is empty: {op} needs at least one value");
        else if (op is Operator.Exists or Operator.DoesNotExist && values.Count > 0)
            errors.Add($"{field}.values is set: {op} takes no values, remove them");

        SortedSet<string> sorted = new(StringComparer.Ordinal);
        foreach (string value in values)
            if (!sorted.Add(value))
                errors.Add($"{field}.values has \"{value}\" twice: remove one");
        return errors.Count > before ? null : new Term(expression.Key, op, [.. sorted]);
    }

    private static bool TryOperator(string? text, out Operator op)
    {
        (bool known, op) = text switch
        {
            "In" => (true, Operator.In),
            "NotIn" => (true, Operator.NotIn),
            "Exists" => (true, Operator.Exists),
            "DoesNotExist" => (true, Operator.DoesNotExist),
            _ => (false, Operator.In),
        };
        return known;
    }

    private readonly record struct Term(string Key, Operator Operator, string[] Values)
    {
        public string Text => Operator switch
        {
            Operator.In => $"{Key} in ({string.Join(',', Values)})",
            Operator.NotIn => $"{Key} notin ({string.Join(',', Values)})",
            Operator.Exists => Key,
            Operator.DoesNotExist => "!" + Key,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        public bool Matches(IReadOnlyDictionary<string, string> labels)
        {
            bool present = labels.TryGetValue(Key, out string? value);
            return Operator switch
            {
                Operator.In => present && Array.IndexOf(Values, value) >= 0,
                Operator.NotIn => !present || Array.IndexOf(Values, value) < 0,
                Operator.Exists => present,
                Operator.DoesNotExist => !present,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
    }
}
