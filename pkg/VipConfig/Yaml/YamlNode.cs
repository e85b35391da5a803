// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Yaml;

/// <summary>A piece of a YAML document and where it was written.</summary>
internal abstract class YamlNode
{
    public int Line { get; init; }
    public int Column { get; init; }

    /// <summary>What a person calls it.</summary>
    public abstract string Noun { get; }
}

/// <summary>One word or text; <see cref="Quoted"/> ones are text whatever they look like.</summary>
internal sealed class YamlScalar(string value, bool quoted) : YamlNode
{
    public string Value { get; } = value;
    public bool Quoted { get; } = quoted;
    public bool IsNull => !Quoted && Value is "" or "~" or "null";
    public override string Noun => IsNull ? "nothing" : "a single value";
}

/// <summary>A list.</summary>
internal sealed class YamlSequence(List<YamlNode> items) : YamlNode
{
    public List<YamlNode> Items { get; } = items;
    public override string Noun => "a list";
}

/// <summary>Keys with their values, in the order written.</summary>
internal sealed class YamlMapping(List<(YamlScalar Key, YamlNode Value)> entries) : YamlNode
{
    public List<(YamlScalar Key, YamlNode Value)> Entries { get; } = entries;
    public override string Noun => "a mapping";
}
