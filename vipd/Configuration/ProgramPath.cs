// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Configuration;

/// <summary>Where programs of this host are. The folders are always these: what an environment says would differ between `vipd check` and the daemon.</summary>
internal static class ProgramPath
{
    private static readonly string[] Folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>The whole path of a program; null when there is none of that name.</summary>
    public static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
