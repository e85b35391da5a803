// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Linux.Netlink;

namespace LoadBalancer.Vipd.Holding;

/// <summary>Numbers of routing tables by the names that rt_tables of iproute2 has.</summary>
internal static class RouteTables
{
    private static readonly string[] Directories = ["/etc/iproute2", "/usr/share/iproute2"];

    /// <summary>The number of a table given by number or name, nothing meaning the main one; null for a name that nobody knows.</summary>
    public static uint? Find(string table) => Find(table, Directories);

    internal static uint? Find(string table, IEnumerable<string> directories) => table switch
    {
        "" or "main" => HeldRoute.MainTable,
        "default" => 253,
        "local" => 255,
        _ when uint.TryParse(table, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) => number == 0 ? null : number,
        _ => directories.SelectMany(Files).Select(file => InFile(file, table)).FirstOrDefault(static number => number is not null),
    };

    private static IEnumerable<string> Files(string directory)
    {
        string more = Path.Combine(directory, "rt_tables.d");
        string[] files = Directory.Exists(more) ? Directory.GetFiles(more, "*.conf") : [];
        return files.Order(StringComparer.Ordinal).Prepend(Path.Combine(directory, "rt_tables"));
    }

    private static uint? InFile(string file, string table)
    {
        try
        {
            foreach (string line in File.ReadLines(file))
            {
                string[] words = line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                if (words.Length > 1 && words[1] == table && uint.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
                    return number;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A table that cannot be looked up is not known, and that is said of the route.
        }

        return null;
    }
}
