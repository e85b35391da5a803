// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Lab.Native;

/// <summary>The few system calls the lab makes by itself: namespaces, signals, precise sleeping, scheduling.</summary>
internal static partial class Libc
{
    internal const int CloneNewNet = 0x40000000;
    internal const int ReadOnlyCloseOnExec = 0x80000;
    internal const int SocketCloseOnExec = 0x80000;
    internal const int ClockMonotonic = 1;
    internal const int TimerAbsolute = 1;
    internal const int ScheduleRoundRobin = 2;
    internal const int FamilyInet = 2;
    internal const int FamilyInet6 = 10;
    internal const int FamilyNetlink = 16;
    internal const int NetlinkNetfilter = 12;
    internal const int FamilyPacket = 17;
    internal const int RawSocket = 3;
    internal const int LevelSocket = 1;
    internal const int ReceiveTimeout = 20;
    internal const int ReceiveBufferForce = 33;
    internal const int StampOfLast = 0x8907;

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    internal static partial int SetNs(int fd, int type);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(int fd, ReadOnlySpan<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int fd, Span<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    internal static partial nint ReceiveFrom(int fd, Span<byte> buffer, nint length, int flags, Span<byte> address, ref int addressLength);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(int fd, int level, int option, ReadOnlySpan<byte> value, int length);

    // Variadic in its header, and plain words in registers on the machines there are.
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int GetStamp(int fd, nuint request, out TimeSpec stamp);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    internal static partial int Sleep(int clock, int flags, in TimeSpec until, nint remaining);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    internal static partial int SetScheduler(int thread, int policy, in int priority);

    // Variadic in its header, and plain words in registers on the machines there are.
    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    internal static partial nint Trace(nint request, nint thread, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int WaitFor(int thread, nint status, int options);
}
