// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>The files a configuration may include; the host does the reading.</summary>
public interface IConfigFiles
{
    /// <summary>The text of a file, or null when it cannot be read.</summary>
    string? Read(string path);

    /// <summary>Names of files and folders directly in a folder; none when there is no such folder.</summary>
    IReadOnlyList<string> List(string directory);
}
