// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Yaml;

/// <summary>The file that is being read and what is wrong with it so far.</summary>
internal sealed class ReadContext(string file, ProblemList problems)
{
    public ProblemList Problems { get; } = problems;

    public void Locate(string path, YamlNode node) => Problems.Locate(path, At(node));

    /// <summary>Always false, so that a reader can return it.</summary>
    public bool Refuse(YamlNode node, string path, string message)
    {
        Problems.Add(ProblemKind.Error, At(node), path, $"{(path.Length == 0 ? "the file" : path)} {message}");
        return false;
    }

    private SourcePosition At(YamlNode node) => new(file, node.Line, node.Column);
}
