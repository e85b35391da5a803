// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Testing;

namespace LoadBalancer.BgpNet.Tests;

/// <summary>Holds the example of a README to the test that runs it, line by line.</summary>
internal static class ReadmeExample
{
    /// <summary>Fails unless the README has the lines that stand between the marks in the source of the test.</summary>
    /// <param name="test">Source of the test, from the root of the tree.</param>
    /// <param name="readme">The README, from the root of the tree.</param>
    internal static void AssertSame(string test, string readme)
    {
        string[] source = File.ReadAllLines(Checkout.PathOf(test));
        int begin = Array.FindIndex(source, line => line.EndsWith("// README: begin", StringComparison.Ordinal));
        int end = Array.FindIndex(source, line => line.EndsWith("// README: end", StringComparison.Ordinal));
        string example = string.Join('\n', source[(begin + 1)..end].Select(line => line.Length > 8 ? line[8..] : ""));
        Assert.Contains(example, File.ReadAllText(Checkout.PathOf(readme)), StringComparison.Ordinal);
    }
}
