// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Benchmarks;

/// <summary>The working tree this program was built from.</summary>
internal static class Repository
{
    internal static string Root { get; } = Find();

    /// <summary>A daemon that `make build` has made.</summary>
    internal static string Program(string name)
    {
        var file = Path.Combine(Root, "out", name);
        return File.Exists(file) ? file : throw new FileNotFoundException($"{file} is not there; run `make build` first.");
    }

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "LoadBalancer.sln")))
                return directory.FullName;
        }

        throw new DirectoryNotFoundException("This program runs from the tree it was built in.");
    }
}
