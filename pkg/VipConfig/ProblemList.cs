// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>Collects problems while something is read, and where each object and field was written.</summary>
internal sealed class ProblemList
{
    // A file of nothing but mistakes must not become a report without end.
    private const int Most = 1000;

    private readonly List<ConfigProblem> _problems = [];
    private readonly Dictionary<string, SourcePosition> _positions = new(StringComparer.Ordinal);
    private bool _more;

    public bool IsFull => _problems.Count >= Most;

    public void Add(ProblemKind kind, SourcePosition position, string path, string message)
    {
        message = OneLine(message);
        if (_problems.Count < Most)
            _problems.Add(new(kind, position, path, message));
        else if (!_more)
        {
            _more = true;
            _problems.Add(new(ProblemKind.Error, position, "", $"there are more than {Most} problems: mend these first"));
        }
    }

    /// <summary>Notes where a path was written; what is said of it later points there.</summary>
    public void Locate(string path, SourcePosition position) => _positions[path] = position;

    /// <summary>Adds a problem of a path, at the place where the path or the nearest thing around it was written.</summary>
    public void Add(ProblemKind kind, string path, string message) => Add(kind, Find(path), path, message);

    public IReadOnlyList<ConfigProblem> InOrder()
    {
        // A stable order by place, so that a report reads like the file; the sort of List is not stable, so the index breaks ties.
        List<(ConfigProblem Problem, int Index)> sorted = new(_problems.Count);
        for (int i = 0; i < _problems.Count; i++)
            sorted.Add((_problems[i], i));
        sorted.Sort(static (a, b) =>
        {
            int byFile = string.CompareOrdinal(a.Problem.Position.File, b.Problem.Position.File);
            int byLine = byFile != 0 ? byFile : a.Problem.Position.Line.CompareTo(b.Problem.Position.Line);
            return byLine != 0 ? byLine : a.Index.CompareTo(b.Index);
        });
        return sorted.ConvertAll(static entry => entry.Problem);
    }

    // What was written is quoted in messages: it must not be able to end a line of the log.
    private static string OneLine(string message)
    {
        foreach (char letter in message)
            if (char.IsControl(letter))
                return string.Create(message.Length, message, static (to, from) =>
                {
                    for (int i = 0; i < from.Length; i++)
                        to[i] = char.IsControl(from[i]) ? '?' : from[i];
                });
        return message;
    }

    /// <summary>Where a path, or the nearest thing around it, was written.</summary>
    public SourcePosition Find(string path)
    {
        while (path.Length > 0)
        {
            if (_positions.TryGetValue(path, out SourcePosition position))
                return position;
            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }

        return _positions.GetValueOrDefault("");
    }
}
