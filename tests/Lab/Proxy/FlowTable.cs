// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using LoadBalancer.Lab.Native;

namespace LoadBalancer.Lab.Proxy;

/// <summary>The connection tracking table of the namespace this process lives in.</summary>
internal static class FlowTable
{
    private const int HeaderSize = 16;
    private const int MessageSize = HeaderSize + 4 + 8 + 8;
    private const ushort ConntrackDelete = (1 << 8) | 2;
    private const ushort RequestAndAck = 1 | 4;
    private const ushort AttributeMark = 8;
    private const ushort AttributeMarkMask = 21;

    /// <summary>Forgets every flow that carries the mark.</summary>
    internal static void Forget(uint mark)
    {
        // nlmsghdr, nfgenmsg, then the mark and its mask in network order (linux/netfilter/nfnetlink_conntrack.h).
        Span<byte> message = stackalloc byte[MessageSize];
        message.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(message, MessageSize);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], ConntrackDelete);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], RequestAndAck);
        WriteAttribute(message[(HeaderSize + 4)..], AttributeMark, mark);
        WriteAttribute(message[(HeaderSize + 12)..], AttributeMarkMask, uint.MaxValue);

        var fd = Libc.Socket(Libc.FamilyNetlink, 3 | Libc.SocketCloseOnExec, Libc.NetlinkNetfilter);
        if (fd < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "netlink socket");
        try
        {
            if (Libc.Send(fd, message, MessageSize, 0) != MessageSize)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "conntrack delete");
            Span<byte> answer = stackalloc byte[256];
            var length = (int)Libc.Receive(fd, answer, answer.Length, 0);
            if (length < HeaderSize + 4)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "conntrack delete");
            var error = -BinaryPrimitives.ReadInt32LittleEndian(answer[HeaderSize..]);
            if (error != 0)
                throw new Win32Exception(error, "conntrack delete");
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private static void WriteAttribute(Span<byte> place, ushort type, uint value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(place, 8);
        BinaryPrimitives.WriteUInt16LittleEndian(place[2..], type);
        BinaryPrimitives.WriteUInt32BigEndian(place[4..], value);
    }
}
