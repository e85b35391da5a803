// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Linux.Netlink;

namespace LoadBalancer.Vipd.Holding;

/// <summary>Names of routing tables (rt_tables(5)).</summary>
internal static class RouteTables
{
    private const string File = "/etc/iproute2/rt_tables";

    /// <summary>The number of a table given by number or name; nothing means the main table.</summary>
    public static bool TryFind(string table, out uint number)
    {
        number = table switch
        {
            "" or "main" => HeldRoute.MainTable,
            "default" => 253,
            "local" => 255,
            _ => 0,
        };
        return number != 0 || (uint.TryParse(table, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number != 0) || Named(table, out number);
    }

    private static bool Named(string table, out uint number)
    {
        number = 0;
        try
        {
            foreach (string line in System.IO.File.ReadLines(File))
            {
                string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                if (words.Length >= 2 && words[1] == table && uint.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out number))
                {
                    return true;
                }
            }
        }
        catch (IOException)
        {
            // No such file on many hosts: only numbers mean something there.
        }

        return false;
    }
}
