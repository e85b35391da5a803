// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

public sealed partial class KernelNetwork
{
    private const ushort SetLink = 19;
    private const int LinkHeader = 16;
    private const ushort IflaAddress = 1;
    private const ushort IflaName = 3;
    private const ushort IflaLower = 5;
    private const ushort IflaLinkInfo = 18;
    private const ushort IflaAlias = 20;
    private const ushort IflaFamilies = 26;
    private const ushort IflaExtendedMask = 29;
    private const uint SkipStatistics = 8;
    private const ushort InfoKind = 1;
    private const ushort InfoData = 2;
    private const ushort MacvlanModeAttribute = 1;
    private const ushort GenerationMode = 8;
    private const byte GenerateNone = 1;
    private const uint FlagUp = 1;

    /// <summary>
    /// Makes macvlan devices, down, without an IPv6 address made from their hardware address (RFC 9568 7.4 forbids it for a
    /// virtual one). A device of this name with the same lower interface and hardware address is left as it is.
    /// </summary>
    public ChangeOutcome[] Add(ReadOnlySpan<MacvlanSpec> devices)
    {
        MacvlanSpec[] asked = devices.ToArray();
        ChangeOutcome[] outcomes = Execute(
            devices,
            static (batch, device) => WriteNew(batch, device),
            (device, error, detail) => error == FileExists
                ? JudgeExisting(device)
                : Refused($"make the macvlan device {device.Name}", error, error == NotSupported ? "the kernel has no macvlan (CONFIG_MACVLAN)" : detail));

        // The alias and the mode of address generation are taken from a device that is there only.
        MacvlanSpec[] made = [.. asked.Where((_, i) => outcomes[i].Status == ChangeStatus.Done)];
        ChangeOutcome[] named = Execute(
            made.AsSpan(),
            static (batch, device) => WriteDetails(batch, device),
            static (device, error, detail) => Refused($"name the macvlan device {device.Name}", error, detail));
        for (int i = 0; i < made.Length; i++)
        {
            if (!named[i].Holds)
            {
                outcomes[Array.IndexOf(asked, made[i])] = named[i];
            }
        }

        return outcomes;
    }

    /// <summary>Switches interfaces on or off.</summary>
    public ChangeOutcome[] SetUp(ReadOnlySpan<int> interfaces, bool up) => Execute(
        interfaces,
        (batch, index) =>
        {
            Span<byte> header = batch.Begin(SetLink, RequestFlags(0), LinkHeader);
            MemoryMarshal.Write(header[4..], index);
            MemoryMarshal.Write(header[8..], up ? FlagUp : 0);
            MemoryMarshal.Write(header[12..], FlagUp);
        },
        (index, error, detail) => Refused($"switch interface {index} {(up ? "on" : "off")}", error, detail));

    /// <summary>Deletes devices of software, with all that is on them; one that is gone is no failure.</summary>
    public ChangeOutcome[] DeleteLinks(ReadOnlySpan<int> interfaces) => Execute(
        interfaces,
        static (batch, index) => MemoryMarshal.Write(batch.Begin(NetlinkSocket.DeleteLink, RequestFlags(0), LinkHeader)[4..], index),
        static (index, error, detail) => error == LinuxException.NoDevice
            ? new(ChangeStatus.AlreadySo)
            : Refused($"delete interface {index}", error, detail));

    /// <summary>Every interface, ordered by index, without addresses.</summary>
    /// <exception cref="LinuxException">The kernel did not give the list.</exception>
    public ImmutableArray<LinkInfo> ListLinks()
    {
        ImmutableArray<LinkInfo>.Builder found = ImmutableArray.CreateBuilder<LinkInfo>();
        _batch.Clear();
        _batch.Begin(NetlinkSocket.GetLink, NetlinkSocket.FlagRequest | NetlinkSocket.FlagDump, LinkHeader);
        // struct ifinfomsg is followed by what to leave out.
        _batch.Put(IflaExtendedMask, SkipStatistics);
        _channel.List(_batch, "read the interfaces", found.Clear, (type, payload) =>
        {
            if (type == NetlinkSocket.NewLink && NetlinkReader.TryReadLink(payload, out LinkInfo? link))
            {
                found.Add(link);
            }
        });
        found.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        return found.DrainToImmutable();
    }

    /// <summary>Deletes macvlan devices that are called <paramref name="alias"/> besides and are not to stay; returns what was deleted.</summary>
    /// <exception cref="LinuxException">The kernel did not give the list.</exception>
    public ImmutableArray<LinkInfo> SweepMacvlans(string alias, Func<LinkInfo, bool> stays)
    {
        ArgumentException.ThrowIfNullOrEmpty(alias);
        LinkInfo[] leftovers = [.. ListLinks().Where(l => l.Kind == "macvlan" && l.Alias == alias && !stays(l))];
        ChangeOutcome[] outcomes = DeleteLinks([.. leftovers.Select(static l => l.Index)]);
        return [.. leftovers.Where((_, i) => outcomes[i].Holds)];
    }

    private ChangeOutcome JudgeExisting(MacvlanSpec asked)
    {
        LinkInfo? found = ListLinks().FirstOrDefault(l => l.Name == asked.Name);
        bool same = found is { Kind: "macvlan" } && found.LowerIndex == asked.LowerIndex && found.Mac == asked.Mac && found.Alias == asked.Alias;
        return same
            ? new(ChangeStatus.AlreadySo)
            : Refused($"make the macvlan device {asked.Name}", FileExists, "another interface has the name; delete it, or take another name");
    }

    private static void WriteNew(NetlinkBatch batch, MacvlanSpec device)
    {
        batch.Begin(NetlinkSocket.NewLink, RequestFlags(NetlinkSocket.FlagCreate | NetlinkSocket.FlagExclusive), LinkHeader);
        batch.Put(IflaName, device.Name);
        batch.Put(IflaLower, (uint)device.LowerIndex);
        Span<byte> mac = stackalloc byte[MacAddr.ByteLength];
        device.Mac.Write(mac);
        batch.Put(IflaAddress, mac);
        int info = batch.BeginNested(IflaLinkInfo);
        batch.Put(InfoKind, "macvlan");
        int data = batch.BeginNested(InfoData);
        batch.Put(MacvlanModeAttribute, (uint)device.Mode);
        batch.EndNested(data);
        batch.EndNested(info);
    }

    private static void WriteDetails(NetlinkBatch batch, MacvlanSpec device)
    {
        batch.Begin(NetlinkSocket.NewLink, RequestFlags(0), LinkHeader);
        batch.Put(IflaName, device.Name);
        batch.Put(IflaAlias, System.Text.Encoding.UTF8.GetBytes(device.Alias));
        int families = batch.BeginNested(IflaFamilies);
        int ipv6 = batch.BeginNested(Libc.AfInet6);
        batch.Put(GenerationMode, GenerateNone);
        batch.EndNested(ipv6);
        batch.EndNested(families);
    }
}
