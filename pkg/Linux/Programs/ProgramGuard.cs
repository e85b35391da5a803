// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Files;

namespace LoadBalancer.Linux.Programs;

/// <summary>
/// Whether somebody else than root can decide what a program does: by its file, by a directory above it, or by a link on the
/// way. In a directory with the sticky bit (/tmp) others cannot replace what is root's.
/// </summary>
public static class ProgramGuard
{
    private const int MostLinks = 40;
    private const int Sticky = 0x200;
    private const int GroupWrites = 0x10;
    private const int OthersWrite = 0x2;

    /// <summary>What is wrong with a path, with the remedy; null when only root decides.</summary>
    public static string? Examine(string path)
    {
        string walked = "/";
        List<string> left = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        for (int links = 0; ;)
        {
            if (!FileStatus.TryRead(walked, followLinks: false, out FileStatus status))
            {
                // What is not there runs for nobody: starting it says so.
                return null;
            }

            if (status.IsLink)
            {
                if (status.User != 0)
                {
                    return Refusal(walked, status);
                }

                if (++links > MostLinks || new FileInfo(walked).LinkTarget is not { } target)
                {
                    return $"{walked} is one link too many: give the path of the program itself";
                }

                left.InsertRange(0, target.Split('/', StringSplitOptions.RemoveEmptyEntries));
                walked = target.StartsWith('/') ? "/" : Parent(walked);
                continue;
            }

            bool kept = status.IsDirectory && (status.Mode & Sticky) != 0;
            bool others = (status.Mode & OthersWrite) != 0 || ((status.Mode & GroupWrites) != 0 && status.Group != 0);
            if (status.User != 0 || (others && !kept))
            {
                return Refusal(walked, status);
            }

            if (left.Count == 0)
            {
                return null;
            }

            string next = left[0];
            left.RemoveAt(0);
            walked = next == "." ? walked : next == ".." ? Parent(walked) : walked == "/" ? $"/{next}" : $"{walked}/{next}";
        }
    }

    private static string Refusal(string path, in FileStatus status) =>
        $"{path} can be changed by others than root (owner {status.User}, group {status.Group}, mode {Convert.ToString(status.Mode & 0xfff, 8)}), "
            + $"and root would run it: name another user, or make it root's alone (chown root:root {path}; chmod go-w {path})";

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
}
