// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>Takes one statement into a value.</summary>
internal delegate T Apply<T>(T value, Entry entry);

/// <summary>
/// The keywords of one kind of block: what each does to the value, or why it means nothing here and what to do instead.
/// A keyword that is in no table is an error.
/// </summary>
internal sealed class BlockTable<T>(string noun)
{
    private readonly Dictionary<string, Row> _rows = new(StringComparer.Ordinal);

    /// <summary>Every keyword that is known here.</summary>
    public IEnumerable<string> Keywords => _rows.Keys;

    /// <summary>Adds a keyword that is taken; the field is where vipd.yaml holds it.</summary>
    public BlockTable<T> Take(string keyword, string field, Apply<T> apply, bool repeats = false)
    {
        _rows.Add(keyword, new(field, apply, "", repeats));
        return this;
    }

    /// <summary>Adds keywords that are read and left out, with the reason and what to do.</summary>
    public BlockTable<T> Leave(string why, params ReadOnlySpan<string> keywords)
    {
        foreach (string keyword in keywords)
            _rows.Add(keyword, new("", null, why, Repeats: true));
        return this;
    }

    /// <summary>Whether a keyword is taken rather than left out.</summary>
    public bool Takes(string keyword) => _rows.TryGetValue(keyword, out Row? row) && row.Apply is not null;

    public T Read(IEnumerable<Statement> statements, T value, string path, ProblemList problems)
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        foreach (Statement statement in statements)
        {
            Entry entry = new(statement, path, problems);
            if (!_rows.TryGetValue(statement.Keyword, out Row? row))
            {
                if (statement.Keyword.Length > 0)
                    problems.Add(ProblemKind.Error, statement.At, path, $"{statement.Keyword} is no keyword of {noun}{NearestWord.Hint(statement.Keyword, _rows.Keys)}: correct or remove it");
                continue;
            }

            string place = path.Length == 0 ? row.Field : $"{path}.{row.Field}";
            if (row.Apply is null)
            {
                entry.Ignore(row.Why);
                continue;
            }

            if (!row.Repeats && !seen.TryAdd(statement.Keyword, statement.At.Line))
                entry.Warn($"is there twice, first on line {seen[statement.Keyword]}: the later one counts, remove the other");
            if (row.Field.Length > 0)
                problems.Locate(place, statement.At);
            value = row.Apply(value, new(statement, place.TrimEnd('.'), problems));
            WarnOfKeywords(entry);
        }

        return value;
    }

    // Keepalived passes over what follows a value: two settings on one line are one, and nobody is told.
    private void WarnOfKeywords(Entry entry)
    {
        for (int i = 1; i < entry.Words.Count; i++)
            if (_rows.ContainsKey(entry.Words[i]))
            {
                entry.Warn($"has \"{entry.Words[i]}\" after its value, which is no setting there: give it a line of its own");
                return;
            }
    }

    private sealed record Row(string Field, Apply<T>? Apply, string Why, bool Repeats);
}
