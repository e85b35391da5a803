// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>
/// Makes plain lines of a file: comments cut, continued lines joined, files included, conditions on the host decided,
/// parameters and repetitions put in. What it cannot do is reported, and the rest goes on.
/// </summary>
internal sealed class Preprocessor(KeepalivedOptions options, ProblemList problems)
{
    private const int DeepestInclude = 16;

    private const int DeepestParameter = 250;

    private const int LongestLine = 65_536;

    private readonly Definitions _definitions = new(options.HostName);
    private readonly List<ConfLine> _lines = [];
    private readonly List<string> _open = [];
    private long _characters;
    private long _work;
    private bool _full;

    public List<ConfLine> Read(string text, string file)
    {
        ReadFile(text, file);
        return _lines;
    }

    private void ReadFile(string text, string file)
    {
        _open.Add(file);
        string directory = file.LastIndexOf('/') is >= 0 and int slash ? file[..Math.Max(slash, 1)] : "";
        string[] physical = text.Split('\n');
        for (int i = 0; i < physical.Length && !_full; i++)
        {
            SourcePosition at = new(file, i + 1, 0);
            string line = Comments.Cut(physical[i], out bool inWord).Trim();
            if (inWord)
                problems.Add(ProblemKind.Warning, at, "", "a comment begins within a word (# and ! always begin one): put the word in quotes if the mark belongs to it");
            List<string> parts = [line];
            while (parts[^1].EndsWith('\\') && i + 1 < physical.Length)
            {
                parts[^1] = parts[^1][..^1].TrimEnd();
                parts.Add(Comments.Cut(physical[++i], out _).Trim());
            }

            if (parts[^1].EndsWith('\\'))
                parts[^1] = parts[^1][..^1];
            if (line.Length > 0)
                Take(parts, at, directory);
        }

        _open.RemoveAt(_open.Count - 1);
    }

    private void Take(List<string> parts, SourcePosition at, string directory)
    {
        string first = parts[0];
        if (first.StartsWith("include", StringComparison.Ordinal) && first.AsSpan().IndexOfAny(' ', '\t') is >= 7 and <= 8 and int end)
        {
            Include(first[..end], first[end..].Trim().Trim('"', '\''), at, directory);
            return;
        }

        // A definition of several lines keeps them apart: they may be a whole block.
        if (parts.Count > 1 && Condition(ref first) && Definitions.TryReadDefinition(first, out string name, out string rest))
        {
            parts[0] = rest;
            if (rest.Length == 0)
                parts.RemoveAt(0);
            _definitions.Set(name, [.. parts]);
        }
        else if (parts.Count == 1 || first.Length > 0)
            Expand(string.Join(' ', parts), at, directory, 0);
    }

    private void Expand(string line, SourcePosition at, string directory, int depth)
    {
        line = line.Trim();
        // Parameters may stand for each other twice over, and repetitions for nothing: what is done is counted, not only what comes of it.
        Work(16 + line.Length, at);
        if (line.Length == 0 || _full || !Condition(ref line))
            return;
        if (depth > DeepestParameter || line.Length > LongestLine)
        {
            problems.Add(ProblemKind.Error, at, "", "a parameter stands for itself, or for a line without end: correct its definition");
            return;
        }

        if (Definitions.TryReadDefinition(line, out string name, out string rest))
            _definitions.Set(name, rest);
        else if (line.StartsWith('~'))
            Repeat(line, at, directory, depth);
        else if (_definitions.TryFind(line, directory, out int start, out int length, out string[] value))
        {
            string before = line[..start], after = line[(start + length)..];
            for (int i = 0; i < value.Length; i++)
                Expand((i == 0 ? before : "") + value[i] + (i == value.Length - 1 ? after : ""), at, directory, depth + 1);
            if (value.Length == 0)
                Expand(before + after, at, directory, depth + 1);
        }
        else
            Emit(line, at);
    }

    private void Repeat(string line, SourcePosition at, string directory, int depth)
    {
        if (!Repetition.TryRead(line, out string[] names, out List<string[]> rounds, out string rest, out string error))
        {
            problems.Add(ProblemKind.Error, at, "", $"the repetition {error}: correct it");
            return;
        }

        Work(16L * rounds.Count, at);
        foreach (string[] values in rounds)
        {
            for (int i = 0; i < names.Length; i++)
                _definitions.Set(names[i], values[i]);
            Expand(rest, at, directory, depth + 1);
            if (_full)
                return;
        }
    }

    /// <summary>Takes <c>@name</c> or <c>@^name</c> off the front; false when the line is for other hosts.</summary>
    private bool Condition(ref string line)
    {
        if (!line.StartsWith('@'))
            return true;
        bool not = line.StartsWith("@^", StringComparison.Ordinal);
        int from = not ? 2 : 1, end = line.AsSpan().IndexOfAny(' ', '\t');
        string host = end < 0 ? line[from..] : line[Math.Min(from, end)..end];
        line = end < 0 ? "" : line[end..].TrimStart();
        return host == options.ConfigId != not;
    }

    private void Include(string keyword, string pattern, SourcePosition at, string directory)
    {
        if (options.Files is not { } files)
        {
            problems.Add(ProblemKind.Error, at, "", $"{keyword} {pattern} cannot be followed here: put the lines of that file in its place");
            return;
        }

        List<string> paths = Glob.Expand(pattern, directory, files);
        bool strict = keyword.Length > "include".Length;
        if (paths.Count == 0)
            problems.Add(strict ? ProblemKind.Error : ProblemKind.Warning, at, "", $"{keyword} {pattern} matches no file: correct the name, or remove the line");
        foreach (string path in paths)
        {
            if (_open.Contains(path) || _open.Count > DeepestInclude)
                problems.Add(ProblemKind.Error, at, "", _open.Contains(path)
                    ? $"{path} includes itself: remove one of the includes"
                    : $"{path} is included more than {DeepestInclude} deep: put files together");
            else if (files.Read(path) is { } text)
                ReadFile(text, path);
            else
                problems.Add(ProblemKind.Error, at, "", $"{path} cannot be read: create it, make it readable, or remove the {keyword} line");
        }
    }

    private void Emit(string line, SourcePosition at)
    {
        _characters += line.Length;
        if (_lines.Count < options.MostLines && _characters < options.MostLines * 80L)
            _lines.Add(new(line, at));
        else
            Stop(at);
    }

    private void Work(long amount, SourcePosition at)
    {
        _work += amount;
        if (_work > options.MostLines * 400L)
            Stop(at);
    }

    private void Stop(SourcePosition at)
    {
        if (_full)
            return;
        _full = true;
        problems.Add(ProblemKind.Error, at, "", $"the configuration grows to more than {options.MostLines} lines here, and the rest is not read: divide it among nodes");
    }
}
