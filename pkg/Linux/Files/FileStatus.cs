// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux.Files;

/// <summary>Whose a file is, who may do what, and what kind of file it is (statx(2)).</summary>
public readonly record struct FileStatus(uint User, uint Group, int Mode)
{
    private const int FromWorkingDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint Basic = 0x7ff;
    private const int StatusOctets = 256;
    private const int KindMask = 0xf000;
    private const int LinkKind = 0xa000;
    private const int DirectoryKind = 0x4000;
    private const int RegularKind = 0x8000;

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink => (Mode & KindMask) == LinkKind;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & KindMask) == DirectoryKind;

    /// <summary>Whether it holds octets: neither directory nor pipe, socket or device.</summary>
    public bool IsRegular => (Mode & KindMask) == RegularKind;

    /// <summary>Reads it; false when there is nothing at that path, or no way to it.</summary>
    public static unsafe bool TryRead(string path, bool followLinks, out FileStatus status)
    {
        byte* octets = stackalloc byte[StatusOctets];
        status = default;
        if (Libc.FileStatus(FromWorkingDirectory, path, followLinks ? 0 : NoFollow, Basic, octets) != 0)
        {
            return false;
        }

        // struct statx is the same on all architectures: uid at 20, gid at 24, mode at 28.
        ReadOnlySpan<byte> read = new(octets, StatusOctets);
        status = new(MemoryMarshal.Read<uint>(read[20..]), MemoryMarshal.Read<uint>(read[24..]), MemoryMarshal.Read<ushort>(read[28..]));
        return true;
    }
}
