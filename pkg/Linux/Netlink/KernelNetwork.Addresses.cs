// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux.Netlink;

public sealed partial class KernelNetwork
{
    private const ushort IfaAddress = 1;
    private const ushort IfaLocal = 2;
    private const ushort IfaLabel = 3;
    private const ushort IfaBroadcast = 4;
    private const ushort IfaCacheInfo = 6;
    private const ushort IfaFlags = 8;
    private const ushort IfaProtocol = 11;
    private const int CacheInfoOctets = 16;
    private const uint Forever = uint.MaxValue;
    private static readonly Version TagSince = new(5, 18);

    /// <summary>Whether the kernel keeps <see cref="HeldAddress.Tag"/>: it says so of its own loop-back address, or is new enough (Linux 5.18).</summary>
    public bool KeepsAddressTags =>
        ListAddresses().Any(static a => a.Tag != 0) || Environment.OSVersion.Version >= TagSince;

    /// <summary>Adds addresses in one send. One that is there already is left as it is.</summary>
    public ChangeOutcome[] Add(ReadOnlySpan<HeldAddress> addresses) => Execute(
        addresses,
        static (batch, address) => Write(batch, address, NetlinkSocket.NewAddress, NetlinkSocket.FlagCreate | NetlinkSocket.FlagExclusive),
        static (address, error, detail) => error == FileExists ? new(ChangeStatus.AlreadySo) : Refused($"add {Describe(address)}", error, detail));

    /// <summary>Adds addresses, or gives those that are there their new lifetime and flags; label, scope and tag stay.</summary>
    public ChangeOutcome[] Replace(ReadOnlySpan<HeldAddress> addresses) => Execute(
        addresses,
        static (batch, address) => Write(batch, address, NetlinkSocket.NewAddress, NetlinkSocket.FlagCreate | FlagReplace),
        static (address, error, detail) => Refused($"set {Describe(address)}", error, detail));

    /// <summary>Removes addresses in one send; one that is not there, or whose interface is gone, is no failure.</summary>
    public ChangeOutcome[] Remove(ReadOnlySpan<HeldAddress> addresses) => Execute(
        addresses,
        static (batch, address) => Write(batch, address, NetlinkSocket.DeleteAddress, 0),
        static (address, error, detail) => error is LinuxException.AddressNotAvailable or LinuxException.NoDevice
            ? new(ChangeStatus.AlreadySo)
            : Refused($"remove {Describe(address)}", error, detail));

    /// <summary>Every address of the namespace.</summary>
    /// <exception cref="LinuxException">The kernel did not give the list.</exception>
    public ImmutableArray<AddressInfo> ListAddresses()
    {
        ImmutableArray<AddressInfo>.Builder found = ImmutableArray.CreateBuilder<AddressInfo>();
        _batch.Clear();
        _batch.Begin(NetlinkSocket.GetAddress, NetlinkSocket.FlagRequest | NetlinkSocket.FlagDump, 8);
        _channel.List(_batch, "read the addresses", found.Clear, (type, payload) =>
        {
            if (type == NetlinkSocket.NewAddress && NetlinkReader.TryReadAddress(payload, out AddressInfo address))
            {
                found.Add(address);
            }
        });
        return found.DrainToImmutable();
    }

    /// <summary>Removes what carries a tag and is not to stay, as after a process that was killed; returns what was removed.</summary>
    /// <exception cref="LinuxException">The kernel did not give the list.</exception>
    public ImmutableArray<AddressInfo> SweepAddresses(byte tag, Func<AddressInfo, bool> stays)
    {
        AddressInfo[] leftovers = [.. ListAddresses().Where(a => a.Tag == tag && tag != 0 && !stays(a))];
        ChangeOutcome[] outcomes = Remove([.. leftovers.Select(static a => new HeldAddress(a.InterfaceIndex, a.Address, a.PrefixLength) { Peer = a.Peer })]);
        return [.. leftovers.Where((_, i) => outcomes[i].Holds)];
    }

    private static string Describe(HeldAddress address) => $"{address.Address}/{address.PrefixLength} on interface {address.InterfaceIndex}";

    // struct ifaddrmsg: family, prefix length, flags, scope, index (4).
    private static void Write(NetlinkBatch batch, HeldAddress address, ushort type, int flags)
    {
        Span<byte> header = batch.Begin(type, RequestFlags(flags), 8);
        header[0] = FamilyOf(address.Address);
        header[1] = (byte)address.PrefixLength;
        header[3] = (byte)address.Scope;
        MemoryMarshal.Write(header[4..], address.InterfaceIndex);
        batch.Put(IfaLocal, address.Address);
        batch.Put(IfaAddress, address.Peer ?? address.Address);
        if (type == NetlinkSocket.DeleteAddress)
        {
            return;
        }

        if (address.Broadcast is { } broadcast)
        {
            batch.Put(IfaBroadcast, broadcast);
        }

        if (address.Label is { } label && address.Address.IsIPv4)
        {
            batch.Put(IfaLabel, label);
        }

        if (address.Options != AddressOptions.None)
        {
            batch.Put(IfaFlags, (uint)address.Options);
        }

        if (address.Tag != 0)
        {
            batch.Put(IfaProtocol, address.Tag);
        }

        if (address.IsNeverSource && address.Address.IsIPv6)
        {
            // struct ifa_cacheinfo: preferred (4), valid (4), then two instants the kernel fills.
            Span<byte> lifetimes = stackalloc byte[CacheInfoOctets];
            lifetimes.Clear();
            MemoryMarshal.Write(lifetimes[4..], Forever);
            batch.Put(IfaCacheInfo, lifetimes);
        }
    }
}
