// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux.Programs;

/// <summary>
/// Whether somebody else than root can decide what a program does: by its file, by a directory above it, or by a link on the
/// way. In a directory with the sticky bit (/tmp) others cannot replace what is root's.
/// </summary>
public static unsafe class ProgramGuard
{
    private const int MostLinks = 40;
    private const int FromWorkingDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint Basic = 0x7ff;
    private const int StatusOctets = 256;
    private const int KindMask = 0xf000;
    private const int LinkKind = 0xa000;
    private const int DirectoryKind = 0x4000;
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
            if (!TryRead(walked, out Status status))
            {
                // What is not there runs for nobody: starting it says so.
                return null;
            }

            if ((status.Mode & KindMask) == LinkKind)
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

            bool kept = (status.Mode & KindMask) == DirectoryKind && (status.Mode & Sticky) != 0;
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

    private static string Refusal(string path, Status status) =>
        $"{path} can be changed by others than root (owner {status.User}, group {status.Group}, mode {Convert.ToString(status.Mode & 0xfff, 8)}), "
            + $"and root would run it: name another user, or make it root's alone (chown root:root {path}; chmod go-w {path})";

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";

    // struct statx is the same on all architectures: uid at 20, gid at 24, mode at 28.
    private static bool TryRead(string path, out Status status)
    {
        byte* octets = stackalloc byte[StatusOctets];
        status = default;
        if (Libc.FileStatus(FromWorkingDirectory, path, NoFollow, Basic, octets) != 0)
        {
            return false;
        }

        ReadOnlySpan<byte> read = new(octets, StatusOctets);
        status = new(MemoryMarshal.Read<uint>(read[20..]), MemoryMarshal.Read<uint>(read[24..]), MemoryMarshal.Read<ushort>(read[28..]));
        return true;
    }

    private readonly record struct Status(uint User, uint Group, int Mode);
}
