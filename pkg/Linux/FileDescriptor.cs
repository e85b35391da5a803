// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>A file descriptor that is closed once, whatever happens.</summary>
internal sealed class FileDescriptor : SafeHandle
{
    public FileDescriptor()
        : base(-1, ownsHandle: true)
    {
    }

    private FileDescriptor(int fd)
        : this() => SetHandle(fd);

    public override bool IsInvalid => handle < 0;

    public int Number => (int)handle;

    /// <summary>Takes ownership of what a call returned, or throws what it failed with.</summary>
    public static FileDescriptor Own(int fd, string doing, Capability? needs = null) =>
        fd >= 0 ? new(fd) : throw LinuxException.Last(doing, needs);

    /// <inheritdoc cref="Own(int, string, Capability?)"/>
    public static FileDescriptor Own(int fd, ref AfterErrno doing, Capability? needs = null) =>
        fd >= 0 ? new(fd) : throw LinuxException.Last(ref doing, needs);

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
