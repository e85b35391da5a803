// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>Takes rtnetlink messages apart; every length is checked against what is there, and what does not fit is left out.</summary>
internal static class NetlinkReader
{
    private const int AttributeHeader = 4;
    private const int LinkHeader = 16;
    private const int AddressHeader = 8;

    private const ushort IflaAddress = 1;
    private const ushort IflaIfname = 3;
    private const ushort IflaMtu = 4;
    private const ushort IflaLink = 5;
    private const ushort IflaMaster = 10;
    private const ushort IflaLinkInfo = 18;
    private const ushort IflaAlias = 20;
    private const ushort IflaInfoKind = 1;
    private const ushort IfaAddress = 1;
    private const ushort IfaLocal = 2;
    private const ushort IfaLabel = 3;
    private const ushort IfaFlags = 8;
    private const ushort IfaProtocol = 11;
    private const ushort TypeMask = 0x3FFF;
    private const string PairKind = "veth";

    private const uint FlagUp = 0x1;
    private const uint FlagBroadcast = 0x2;
    private const uint FlagLoopback = 0x8;
    private const uint FlagPointToPoint = 0x10;
    private const uint FlagRunning = 0x40;
    private const uint FlagNoArp = 0x80;
    private const uint FlagLowerUp = 0x10000;
    private const uint AddressSecondary = 0x01;
    private const uint AddressDadFailed = 0x08;
    private const uint AddressDeprecated = 0x20;
    private const uint AddressTentative = 0x40;
    private const uint AddressNoPrefixRoute = 0x200;
    private const ushort ExtendedText = 1;

    // struct ifinfomsg: family, pad, type (2), index (4), flags (4), change (4).
    public static bool TryReadLink(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out LinkInfo? link)
    {
        link = null;
        // A bridge speaks of its ports in messages of its own family, whose end (RTM_DELLINK) is not the end of the link.
        if (payload.Length < LinkHeader || payload[0] != Libc.AfUnspec)
        {
            return false;
        }

        uint flags = MemoryMarshal.Read<uint>(payload[8..]);
        string name = "";
        string kind = "";
        MacAddr mac = default;
        int mtu = 0;
        int master = 0;
        int lower = 0;
        string alias = "";
        ReadOnlySpan<byte> attributes = payload[LinkHeader..];
        while (TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IflaIfname:
                    name = Text(value);
                    break;
                case IflaAddress:
                    _ = MacAddr.TryRead(value, out mac);
                    break;
                case IflaMtu when value.Length == sizeof(int):
                    mtu = MemoryMarshal.Read<int>(value);
                    break;
                case IflaMaster when value.Length == sizeof(int):
                    master = MemoryMarshal.Read<int>(value);
                    break;
                case IflaLink when value.Length == sizeof(int):
                    lower = MemoryMarshal.Read<int>(value);
                    break;
                case IflaAlias:
                    alias = Text(value);
                    break;
                case IflaLinkInfo:
                    kind = ReadKind(value);
                    break;
                default:
                    break;
            }
        }

        link = new()
        {
            Index = MemoryMarshal.Read<int>(payload[4..]),
            Name = name,
            Mac = mac,
            Mtu = mtu,
            IsUp = (flags & FlagUp) != 0,
            IsRunning = (flags & FlagRunning) != 0,
            IsBroadcast = (flags & FlagBroadcast) != 0,
            IsNoArp = (flags & FlagNoArp) != 0,
            IsLoopback = (flags & FlagLoopback) != 0,
            IsPointToPoint = (flags & FlagPointToPoint) != 0,
            IsLowerUp = (flags & FlagLowerUp) != 0,
            MasterIndex = master,
            // A pair's end names its other end here, which is no lower interface and may be in another namespace.
            LowerIndex = kind == PairKind ? 0 : lower,
            Alias = alias,
            Kind = kind,
        };
        return name.Length > 0;
    }

    // struct ifaddrmsg: family, prefix length, flags, scope, index (4).
    public static bool TryReadAddress(ReadOnlySpan<byte> payload, out AddressInfo address)
    {
        address = default;
        if (payload.Length < AddressHeader)
        {
            return false;
        }

        int prefixLength = payload[1];
        uint flags = payload[2];
        int index = MemoryMarshal.Read<int>(payload[4..]);
        IpAddr? local = null;
        IpAddr? given = null;
        string? label = null;
        byte tag = 0;
        ReadOnlySpan<byte> attributes = payload[AddressHeader..];
        while (TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IfaLocal when IpAddr.TryRead(value, out IpAddr own):
                    local = own;
                    break;
                case IfaAddress when IpAddr.TryRead(value, out IpAddr any):
                    given = any;
                    break;
                case IfaFlags when value.Length == sizeof(uint):
                    flags = MemoryMarshal.Read<uint>(value);
                    break;
                case IfaLabel:
                    label = Text(value);
                    break;
                case IfaProtocol when value.Length == 1:
                    tag = value[0];
                    break;
                default:
                    break;
            }
        }

        // On a point-to-point link IFA_ADDRESS is the other end's, so the local one goes first where it is given.
        if ((local ?? given) is not { } found || prefixLength > found.BitLength)
        {
            return false;
        }

        address = new(index, found, prefixLength, (flags & AddressTentative) != 0)
        {
            Peer = local is not null && given is not null && given != local ? given : null,
            Scope = (AddressScope)payload[3],
            IsDuplicate = (flags & AddressDadFailed) != 0,
            IsDeprecated = (flags & AddressDeprecated) != 0,
            IsSecondary = (flags & AddressSecondary) != 0,
            HasNoPrefixRoute = (flags & AddressNoPrefixRoute) != 0,
            Tag = tag,
            Label = label,
        };
        return true;
    }

    /// <summary>The kernel's own words in an answer (extended acknowledgement); empty where there are none.</summary>
    public static string ReadReason(in NetlinkMessage answer)
    {
        const int ErrorLength = sizeof(int);
        if ((answer.Flags & NetlinkSocket.FlagExtended) == 0 || answer.Payload.Length < ErrorLength + NetlinkMessage.HeaderLength)
        {
            return "";
        }

        // The answer repeats the request: its header always, its payload unless the answer says that it is cut off.
        ReadOnlySpan<byte> request = answer.Payload[ErrorLength..];
        uint length = (answer.Flags & NetlinkSocket.FlagCapped) != 0 ? NetlinkMessage.HeaderLength : MemoryMarshal.Read<uint>(request);
        if (length < NetlinkMessage.HeaderLength || length > (uint)request.Length)
        {
            return "";
        }

        ReadOnlySpan<byte> attributes = request[Math.Min(request.Length, (int)((length + 3) & ~3u))..];
        while (TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == ExtendedText)
            {
                return Text(value);
            }
        }

        return "";
    }

    private static string ReadKind(ReadOnlySpan<byte> attributes)
    {
        while (TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IflaInfoKind)
            {
                return Text(value);
            }
        }

        return "";
    }

    // struct rtattr: length with this header (2), type (2), value, padded to 4.
    internal static bool TryTakeAttribute(scoped ref ReadOnlySpan<byte> attributes, out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (attributes.Length < AttributeHeader)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(attributes);
        if (length < AttributeHeader || length > attributes.Length)
        {
            return false;
        }

        type = (ushort)(MemoryMarshal.Read<ushort>(attributes[2..]) & TypeMask);
        value = attributes[AttributeHeader..length];
        attributes = attributes[Math.Min(attributes.Length, (length + 3) & ~3)..];
        return true;
    }

    internal static string Text(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }
}
