// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using LoadBalancer.Testing;

namespace LoadBalancer.Speaker.Tests;

/// <summary>The table of BGP behaviours names tests that are there, and that say of themselves what they prove.</summary>
public sealed partial class ConformanceTableTests
{
    private const int FewestLines = 240;

    [Fact]
    public void Tests_NamedInTheTable_AreThereAndCarryTheIdentifier()
    {
        Dictionary<string, string> sources = Directory.EnumerateFiles(Checkout.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .GroupBy(static file => Path.GetFileNameWithoutExtension(file)!, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => string.Concat(g.Select(File.ReadAllText)), StringComparer.Ordinal);
        List<string> wrong = [];
        int lines = 0;
        foreach (Match line in Line().Matches(File.ReadAllText(Checkout.PathOf("docs", "bgp-conformance.md"))))
        {
            lines++;
            string id = line.Groups[1].Value;
            if (line.Groups[2].Value.Trim().Length == 0)
                wrong.Add($"{id} has neither a test nor a reason");
            foreach (Match test in Test().Matches(line.Groups[2].Value))
                if (!Proves(sources.GetValueOrDefault(test.Groups[1].Value, ""), test.Groups[2].Value, id))
                    wrong.Add($"{id}: {test.Value} is not there, or does not carry [Trait(\"Scenario\", \"{id}\")]");
        }

        Assert.Empty(wrong);
        Assert.InRange(lines, FewestLines, int.MaxValue);
    }

    // The attributes of a method, or of the class when it is named alone, stand between it and the line before that is none.
    private static bool Proves(string source, string method, string id)
    {
        string declared = method.Length == 0 ? @"(?:public sealed|internal static) (?:partial )?class " : $@"public (?:static )?(?:async )?(?:void|Task) {method}\(";
        Match found = Regex.Match(source, $@"((?:^[ ]*(?:\[|//)[^\n]*\n)*)^[ ]*{declared}", RegexOptions.Multiline);
        // Measurements are run by hand and say nothing of themselves.
        return found.Success && (source.Contains("namespace LoadBalancer.Benchmarks", StringComparison.Ordinal) || IsFigure(id)
            || found.Groups[1].Value.Contains($"[Trait(\"Scenario\", \"{id}\")]", StringComparison.Ordinal));
    }

    private static bool IsFigure(string id) => id[0] == 'P';

    [GeneratedRegex(@"^\| ([A-Z]\d+) \| [^|]+ \| ([^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"`([A-Z]\w*(?:Tests|Bench))(?:\.(\w+))?`")]
    private static partial Regex Test();
}
