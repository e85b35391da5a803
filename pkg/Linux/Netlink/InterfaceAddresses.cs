// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>Adds and removes addresses of interfaces, each call answered by the kernel before it returns.</summary>
public sealed class InterfaceAddresses : IDisposable
{
    private const ushort IfaAddress = 1;
    private const ushort IfaLocal = 2;
    private const ushort IfaLabel = 3;
    private const ushort IfaFlags = 8;
    private const uint FlagNoDad = 0x02;
    private const uint FlagNoPrefixRoute = 0x200;
    private const int AlreadyThere = 17;
    private const int AttributeHeader = 4;

    private readonly NetlinkSocket _socket = new(0, blocking: true);
    private readonly byte[] _answer = new byte[8192];
    private uint _sequence;

    /// <summary>Adds an address, without duplicate detection unless asked for; false when it is there already.</summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">Network bits.</param>
    /// <param name="label">IPv4 label, at most 15 characters; null for none.</param>
    /// <param name="prefixRoute">Whether the kernel adds the route of the prefix.</param>
    /// <param name="scope">How far the address means the same; the kernel takes it for IPv4 and knows it for IPv6.</param>
    /// <param name="duplicateDetection">IPv6: whether others are asked first (RFC 4862 5.4); the address is tentative until then.</param>
    /// <exception cref="LinuxException">No CAP_NET_ADMIN, or no such interface.</exception>
    public bool Add(
        int interfaceIndex,
        IpAddr address,
        int prefixLength,
        string? label = null,
        bool prefixRoute = true,
        AddressScope scope = AddressScope.Universe,
        bool duplicateDetection = false)
    {
        uint flags = (duplicateDetection ? 0 : FlagNoDad) | (prefixRoute ? 0 : FlagNoPrefixRoute);
        ushort type = NetlinkSocket.NewAddress;
        return Call(type, NetlinkSocket.FlagCreate | NetlinkSocket.FlagExclusive, interfaceIndex, address, prefixLength, label, flags, scope) switch
        {
            (0, _) => true,
            (AlreadyThere, _) => false,
            var (error, detail) => throw LinuxException.Of($"add {address}/{prefixLength} to interface {interfaceIndex}", error, detail, Capability.NetAdmin),
        };
    }

    /// <summary>Removes an address; false when it is not there.</summary>
    /// <exception cref="LinuxException">No CAP_NET_ADMIN.</exception>
    public bool Remove(int interfaceIndex, IpAddr address, int prefixLength) =>
        Call(NetlinkSocket.DeleteAddress, 0, interfaceIndex, address, prefixLength, null, 0, AddressScope.Universe) switch
        {
            (0, _) => true,
            (LinuxException.AddressNotAvailable or LinuxException.NoDevice, _) => false,
            var (error, detail) => throw LinuxException.Of($"remove {address}/{prefixLength} from interface {interfaceIndex}", error, detail, Capability.NetAdmin),
        };

    private (int Error, string Detail) Call(ushort type, int flags, int interfaceIndex, IpAddr address, int prefixLength, string? label, uint addressFlags, AddressScope scope)
    {
        Span<byte> payload = stackalloc byte[128];
        payload.Clear();
        payload[0] = (byte)(address.IsIPv4 ? Libc.AfInet : Libc.AfInet6);
        payload[1] = (byte)prefixLength;
        payload[3] = (byte)scope;
        MemoryMarshal.Write(payload[4..], interfaceIndex);
        int length = 8;
        Span<byte> octets = stackalloc byte[16];
        address.Write(octets);
        Put(payload, ref length, IfaLocal, octets[..address.ByteLength]);
        Put(payload, ref length, IfaAddress, octets[..address.ByteLength]);
        if (label is not null && address.IsIPv4)
        {
            Span<byte> text = stackalloc byte[16];
            text.Clear();
            int written = System.Text.Encoding.ASCII.GetBytes(label.AsSpan(0, Math.Min(15, label.Length)), text);
            Put(payload, ref length, IfaLabel, text[..(written + 1)]);
        }

        if (addressFlags != 0)
        {
            Span<byte> value = stackalloc byte[4];
            MemoryMarshal.Write(value, addressFlags);
            Put(payload, ref length, IfaFlags, value);
        }

        uint sequence = ++_sequence;
        _socket.Send(type, (ushort)(NetlinkSocket.FlagRequest | NetlinkSocket.FlagAcknowledge | flags), sequence, payload[..length]);
        return Acknowledgement(sequence);
    }

    private (int Error, string Detail) Acknowledgement(uint sequence)
    {
        while (true)
        {
            int received = _socket.Receive(_answer);
            if (received < 0)
            {
                return (-received, "");
            }

            ReadOnlySpan<byte> rest = _answer.AsSpan(0, received);
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                if (message.Sequence == sequence && message.Type == NetlinkSocket.Error && message.Payload.Length >= sizeof(int))
                {
                    return (-MemoryMarshal.Read<int>(message.Payload), NetlinkReader.ReadReason(message));
                }
            }
        }
    }

    private static void Put(Span<byte> payload, ref int length, ushort type, ReadOnlySpan<byte> value)
    {
        MemoryMarshal.Write(payload[length..], (ushort)(AttributeHeader + value.Length));
        MemoryMarshal.Write(payload[(length + 2)..], type);
        value.CopyTo(payload[(length + AttributeHeader)..]);
        length += (AttributeHeader + value.Length + 3) & ~3;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
