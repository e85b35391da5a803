// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>A keyword with its words, and the statements of its block if it has one.</summary>
internal sealed class Statement(string keyword, List<string> words, SourcePosition at)
{
    public string Keyword { get; } = keyword;

    /// <summary>The words after the keyword, quotes removed.</summary>
    public IReadOnlyList<string> Words { get; } = words;

    public SourcePosition At { get; } = at;

    /// <summary>What stands between its braces; null when it has none.</summary>
    public List<Statement>? Block { get; set; }
}
