// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Tests;

/// <summary>Files held in memory, for includes.</summary>
internal sealed class ConfFiles(params (string Path, string Text)[] files) : IConfigFiles
{
    public string? Read(string path) => files.Where(file => file.Path == path).Select(file => file.Text).FirstOrDefault();

    public IReadOnlyList<string> List(string directory)
    {
        string prefix = directory.EndsWith('/') ? directory : directory + "/";
        return [.. files.Where(file => file.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(file => file.Path[prefix.Length..].Split('/')[0]).Distinct()];
    }
}
