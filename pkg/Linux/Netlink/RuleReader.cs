// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>Takes messages of policy rules apart (linux/fib_rules.h), and the numbers both sides use.</summary>
internal static class RuleReader
{
    public const ushort NewRule = 32;
    public const ushort DeleteRule = 33;
    public const ushort GetRule = 34;
    public const int HeaderLength = 12;
    public const uint Inverted = 2;
    public const ushort Destination = 1;
    public const ushort Source = 2;
    public const ushort IncomingInterface = 3;
    public const ushort Priority = 6;
    public const ushort Mark = 10;
    public const ushort Table = 15;
    public const ushort MarkMask = 16;
    public const ushort OutgoingInterface = 17;
    public const ushort Protocol = 21;

    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out HeldRule? rule)
    {
        rule = null;
        if (payload.Length < HeaderLength || payload[0] is not (Libc.AfInet or Libc.AfInet6) || !Enum.IsDefined((RuleAction)payload[7]))
        {
            return false;
        }

        IpFamily family = payload[0] == Libc.AfInet ? IpFamily.IPv4 : IpFamily.IPv6;
        HeldRule read = new(family, 0) { Action = (RuleAction)payload[7], Table = payload[4] == 0 ? HeldRoute.MainTable : payload[4], IsInverted = (MemoryMarshal.Read<uint>(payload[8..]) & Inverted) != 0 };
        ReadOnlySpan<byte> attributes = payload[HeaderLength..];
        while (NetlinkReader.TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            read = Take(read, type, value, payload[1], payload[2]);
        }

        rule = read;
        return true;
    }

    private static HeldRule Take(HeldRule rule, ushort type, ReadOnlySpan<byte> value, byte toLength, byte fromLength) => type switch
    {
        Destination when IpAddr.TryRead(value, out IpAddr to) && toLength <= to.BitLength => rule with { To = new IpPrefix(to, toLength) },
        Source when IpAddr.TryRead(value, out IpAddr from) && fromLength <= from.BitLength => rule with { From = new IpPrefix(from, fromLength) },
        IncomingInterface => rule with { IncomingInterface = NetlinkReader.Text(value) },
        OutgoingInterface => rule with { OutgoingInterface = NetlinkReader.Text(value) },
        Protocol when value.Length == 1 => rule with { Protocol = value[0] },
        Priority when value.Length == sizeof(uint) => rule with { Priority = MemoryMarshal.Read<uint>(value) },
        Mark when value.Length == sizeof(uint) => rule with { Mark = MemoryMarshal.Read<uint>(value) },
        MarkMask when value.Length == sizeof(uint) => rule with { MarkMask = MemoryMarshal.Read<uint>(value) },
        // A rule that looks nowhere names table 0: what was not asked compares equal to what is read.
        Table when value.Length == sizeof(uint) && MemoryMarshal.Read<uint>(value) is > 0 and var table => rule with { Table = table },
        _ => rule,
    };
}
