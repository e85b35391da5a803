// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Testing;

/// <summary>The working tree that the running program was built in.</summary>
// Found from where the program lies: the paths that the compiler writes down are rewritten in a build meant for others.
public static class Checkout
{
    /// <summary>The directory that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>A daemon that `make build` has left in the tree.</summary>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public static string Program(string name)
    {
        string file = PathOf("out", name);
        return File.Exists(file) ? file : throw new FileNotFoundException($"{file} is not there; run `make build` first.");
    }

    /// <summary>A path from the root of the tree.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "LoadBalancer.sln")))
                return directory.FullName;
        }

        throw new DirectoryNotFoundException($"LoadBalancer.sln is in no directory above {AppContext.BaseDirectory}: this program runs from the tree it was built in.");
    }
}
