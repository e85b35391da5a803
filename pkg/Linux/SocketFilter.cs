// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>Hands classic BPF programs to the kernel.</summary>
internal static unsafe class SocketFilter
{
    /// <summary>Attaches a program to a socket, in the place of one it has.</summary>
    /// <exception cref="LinuxException">The kernel refuses it.</exception>
    public static void Attach(FileDescriptor socket, ReadOnlySpan<(ushort Code, byte True, byte False, uint Operand)> program)
    {
        ulong* instructions = stackalloc ulong[program.Length];
        for (int i = 0; i < program.Length; i++)
        {
            (ushort code, byte whenTrue, byte whenFalse, uint operand) = program[i];
            // struct sock_filter: code, jt, jf, k, in host order.
            Span<byte> item = new((byte*)(instructions + i), sizeof(ulong));
            MemoryMarshal.Write(item, code);
            item[2] = whenTrue;
            item[3] = whenFalse;
            MemoryMarshal.Write(item[4..], operand);
        }

        FilterProgram header = new() { Length = (ushort)program.Length, Instructions = instructions };
        if (Libc.SetSockOpt(socket, Libc.SolSocket, Libc.SoAttachFilter, &header, (uint)sizeof(FilterProgram)) != 0)
            throw LinuxException.Last("attach a packet filter");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public ulong* Instructions;
    }
}
