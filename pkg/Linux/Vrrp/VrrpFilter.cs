// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Vrrp;

/// <summary>
/// Classic BPF for raw VRRP sockets: one look into a table of 256 bits, whatever the number of virtual routers. Everything
/// else of a message is judged by who reads it, so that what is wrong with it can be counted and told.
/// </summary>
internal static class VrrpFilter
{
    private const ushort LoadConstant = 0x00;
    private const ushort Store = 0x02;
    private const ushort Jump = 0x05;
    private const ushort Return = 0x06;
    private const ushort ToIndex = 0x07;
    private const ushort JumpEqual = 0x15;
    private const ushort LoadByte = 0x30;
    private const ushort LoadByteIndexed = 0x50;
    private const ushort AndConstant = 0x54;
    private const ushort AndIndex = 0x5C;
    private const ushort LoadStored = 0x60;
    private const ushort ShiftLeftByIndex = 0x6C;
    private const ushort ShiftRight = 0x74;
    private const ushort LoadHeaderLength = 0xB1;
    private const uint Accept = 0xFFFF;
    private const uint IdentifierOffset = 1;
    private const uint Identifier = 0;
    private const uint Bit = 1;
    private const uint LowFive = 31;
    private const int InstructionsOfWord = 3;

    public static void AttachNothing(FileDescriptor socket) => SocketFilter.Attach(socket, [(Return, 0, 0, 0)]);

    public static void AttachEverything(FileDescriptor socket) => SocketFilter.Attach(socket, [(Return, 0, 0, Accept)]);

    public static void Attach(FileDescriptor socket, IpFamily family, VirtualRouterSet routers)
    {
        List<(ushort Code, byte True, byte False, uint Operand)> program = [];
        // A raw IPv4 socket sees the packet from its IP header on, an IPv6 one from behind it.
        if (family == IpFamily.IPv4)
        {
            program.Add((LoadHeaderLength, 0, 0, 0));
        }

        program.Add((family == IpFamily.IPv4 ? LoadByteIndexed : LoadByte, 0, 0, IdentifierOffset));
        program.Add((Store, 0, 0, Identifier));
        program.Add((AndConstant, 0, 0, LowFive));
        program.Add((ToIndex, 0, 0, 0));
        program.Add((LoadConstant, 0, 0, 1));
        program.Add((ShiftLeftByIndex, 0, 0, 0));
        program.Add((Store, 0, 0, Bit));
        program.Add((LoadStored, 0, 0, Identifier));
        program.Add((ShiftRight, 0, 0, 5));
        for (int word = 0; word < VirtualRouterSet.Words; word++)
        {
            program.Add((JumpEqual, 0, InstructionsOfWord - 1, (uint)word));
            program.Add((LoadConstant, 0, 0, routers.Word(word)));
            program.Add((Jump, 0, 0, (uint)(InstructionsOfWord * (VirtualRouterSet.Words - word - 1))));
        }

        program.Add((ToIndex, 0, 0, 0));
        program.Add((LoadStored, 0, 0, Bit));
        program.Add((AndIndex, 0, 0, 0));
        program.Add((JumpEqual, 1, 0, 0));
        program.Add((Return, 0, 0, Accept));
        program.Add((Return, 0, 0, 0));
        SocketFilter.Attach(socket, CollectionsMarshal.AsSpan(program));
    }
}
