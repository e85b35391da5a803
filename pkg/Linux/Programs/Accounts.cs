// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux.Programs;

/// <summary>
/// Finds accounts in passwd(5) and group(5) files, and there alone: asking a directory service could take as long as the network
/// is away, which is when scripts matter.
/// </summary>
public sealed class Accounts(string passwd = "/etc/passwd", string groups = "/etc/group")
{
    private const uint Overflow = 65534;
    private static readonly string[] Usual = ["keepalived_script", "nobody"];

    /// <summary>Whether this process may start programs as others.</summary>
    public static bool CanChoose => Libc.EffectiveUser() == 0;

    /// <summary>
    /// The account of a user and a group, each a name or a number. No user means keepalived_script where it exists, else nobody;
    /// a process that is not root has its own account alone. No group means the user's.
    /// </summary>
    public bool TryFind(string user, string group, [NotNullWhen(true)] out ProgramAccount? account, [NotNullWhen(false)] out string? problem)
    {
        account = null;
        problem = null;
        List<string[]> users = Read(passwd);
        uint own = Libc.EffectiveUser();
        string[]? found = user.Length > 0 ? Find(users, user)
            : !CanChoose ? Find(users, own.ToString(CultureInfo.InvariantCulture))
            : Usual.Select(name => Find(users, name)).FirstOrDefault(static line => line is not null);
        if (found is null && user.Length > 0 && !uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            problem = $"there is no user {user} in {passwd}: create the account, or name another user";
            return false;
        }

        uint id = found is not null ? Number(found[2]) : user.Length > 0 ? Number(user) : CanChoose ? Overflow : own;
        uint primary = found is not null ? Number(found[3]) : user.Length == 0 && !CanChoose ? Libc.EffectiveGroup() : id;
        List<string[]> known = Read(groups);
        if (group.Length > 0)
        {
            string[]? line = Find(known, group);
            if (line is null && !uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out primary))
            {
                problem = $"there is no group {group} in {groups}: create it, or name another group";
                return false;
            }

            primary = line is null ? primary : Number(line[2]);
        }

        if (!CanChoose && (id != own || (group.Length > 0 && primary != Libc.EffectiveGroup())))
        {
            problem = $"only root can run a program as {(id != own ? $"user {user}" : $"group {group}")}: run this process as root, or remove user and group";
            return false;
        }

        string name = found?[0] ?? id.ToString(CultureInfo.InvariantCulture);
        IEnumerable<uint> more = known.Where(line => line.Length > 3 && line[3].Split(',').Contains(name)).Select(static line => Number(line[2]));
        account = new(id, primary, [.. more.Prepend(primary).Distinct()], name);
        return true;
    }

    private static string[]? Find(List<string[]> lines, string nameOrNumber) =>
        lines.Find(line => line[0] == nameOrNumber) ?? lines.Find(line => line[2] == nameOrNumber);

    private static uint Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : Overflow;

    // A line without its fields is passed over, as the C library does.
    private static List<string[]> Read(string file)
    {
        try
        {
            return [.. File.ReadLines(file).Select(static line => line.Split(':')).Where(static fields => fields.Length > 3 && fields[0].Length > 0)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
