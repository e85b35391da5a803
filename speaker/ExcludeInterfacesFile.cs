// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using LoadBalancer.Config;

namespace LoadBalancer.Speaker;

/// <summary>Reads MetalLB's excludel2.yaml: one list, `announcedInterfacesToExclude`, of patterns.</summary>
internal static class ExcludeInterfacesFile
{
    public static IReadOnlyList<Regex> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return Compile(ExcludedInterfaces.Defaults, "the built-in list");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SpeakerStartException(
                $"cannot read the interfaces to exclude from {path}: {fault.Message} Let the speaker's user read it, or name another file with --exclude-interfaces-file; without one the built-in list applies", fault);
        }

        List<string> patterns = [];
        foreach (string line in lines)
        {
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#' || text == "announcedInterfacesToExclude:" || text == "announcedInterfacesToExclude: []")
            {
                continue;
            }

            patterns.Add(text.StartsWith("- ", StringComparison.Ordinal)
                ? text[2..].Trim().Trim('"', '\'')
                : throw new SpeakerStartException($"{path}: '{text}' is not a list entry; the file holds announcedInterfacesToExclude: and lines like `- ^docker.*`"));
        }

        return Compile(patterns, path);
    }

    private static List<Regex> Compile(IEnumerable<string> patterns, string source)
    {
        List<Regex> compiled = [];
        foreach (string pattern in patterns)
        {
            try
            {
                // Matching is linear in the name whatever the pattern: no entry can stall the speaker.
                compiled.Add(new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
            }
            catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
            {
                throw new SpeakerStartException($"{source}: '{pattern}' is not a pattern this speaker can use: {fault.Message}", fault);
            }
        }

        return compiled;
    }
}
