// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace LoadBalancer.Testing;

/// <summary>A table of behaviours in docs/, each with the tests that prove it or the reason why there is none.</summary>
/// <param name="document">The file in docs/.</param>
/// <param name="identifier">Pattern of the identifiers of its lines, without groups.</param>
/// <param name="needsNoTrait">Identifiers of lines whose tests do not carry them.</param>
public sealed partial class ConformanceTable(string document, string identifier, Func<string, bool> needsNoTrait)
{
    private static readonly Dictionary<string, string> Sources = Directory.EnumerateFiles(Checkout.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
        .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .GroupBy(static file => Path.GetFileNameWithoutExtension(file)!, StringComparer.Ordinal)
        .ToDictionary(static g => g.Key, static g => string.Concat(g.Select(File.ReadAllText)), StringComparer.Ordinal);

    private readonly (string Id, string Proof)[] _lines =
    [
        .. Regex.Matches(File.ReadAllText(Checkout.PathOf("docs", document)), $@"^\| ({identifier}) \| [^|]+ \| ([^|]*) \|$", RegexOptions.Multiline)
            .Select(static line => (line.Groups[1].Value, line.Groups[2].Value)),
    ];

    /// <summary>How many lines there are.</summary>
    public int Count => _lines.Length;

    /// <summary>What is wrong with the lines: neither test nor reason, an identifier that is there twice, a test that is not there or does not carry it.</summary>
    public IReadOnlyList<string> WrongLines()
    {
        List<string> wrong = [.. _lines.CountBy(static line => line.Id).Where(static id => id.Value > 1).Select(static id => $"{id.Key} is there {id.Value} times")];
        foreach ((string id, string proof) in _lines)
        {
            if (proof.Trim().Length == 0)
                wrong.Add($"{id} has neither a test nor a reason");
            foreach (Match test in Test().Matches(proof))
                if (!Proves(Sources.GetValueOrDefault(test.Groups[1].Value, ""), test.Groups[2].Value, id))
                    wrong.Add($"{id}: {test.Value} is not there, or does not carry [Trait(\"Scenario\", \"{id}\")]");
        }

        return wrong;
    }

    /// <summary>Tests that carry an identifier of this table's kind, and that no line of this identifier names.</summary>
    public IReadOnlyList<string> UnnamedTests()
    {
        Dictionary<string, string> proofs = _lines.GroupBy(static line => line.Id).ToDictionary(static g => g.Key, static g => g.First().Proof, StringComparer.Ordinal);
        List<string> unnamed = [];
        foreach ((string name, string source) in Sources)
            foreach (Match method in Declared().Matches(source))
                foreach (Match trait in Regex.Matches(method.Groups[1].Value, $"""\[Trait\("Scenario", "({identifier})"\)\]"""))
                {
                    string test = method.Groups[2].Value.Length == 0 ? name : $"{name}.{method.Groups[2].Value}";
                    string id = trait.Groups[1].Value;
                    if (!proofs.TryGetValue(id, out string? proof))
                        unnamed.Add($"{test} carries {id}, of which docs/{document} has no line");
                    else if (!proof.Contains($"`{test}`", StringComparison.Ordinal))
                        unnamed.Add($"{test} carries {id}, and the line of it in docs/{document} does not name it");
                }

        return unnamed;
    }

    // The attributes of a method, or of the class when it is named alone, stand between it and the line before that is none.
    private bool Proves(string source, string method, string id)
    {
        Match? found = Declared().Matches(source).FirstOrDefault(declared => declared.Groups[2].Value == method);
        // Measurements are run by hand and say nothing of themselves.
        return found is not null && (source.Contains("namespace LoadBalancer.Benchmarks", StringComparison.Ordinal) || needsNoTrait(id)
            || found.Groups[1].Value.Contains($"[Trait(\"Scenario\", \"{id}\")]", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"((?:^[ ]*(?:\[|//)[^\n]*\n)*)^[ ]*(?:(?:public sealed|internal static) (?:partial )?class |public (?:static )?(?:async )?(?:void|Task) (\w+)\()", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"`([A-Z]\w*(?:Tests|Simulation|Bench))(?:\.(\w+))?`")]
    private static partial Regex Test();
}
