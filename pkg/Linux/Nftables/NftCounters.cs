// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using LoadBalancer.Linux.Netlink;

namespace LoadBalancer.Linux.Nftables;

/// <summary>
/// Reads the named counters of a table of family inet straight from the kernel, in one list. libnftables reads every set
/// and map of the table for that, one request each, which at a thousand services takes as long as a change. For one thread
/// at a time, in the namespace it was opened in.
/// </summary>
public sealed class NftCounters : IDisposable
{
    private const int NetfilterProtocol = 12;

    // NFNL_SUBSYS_NFTABLES << 8, with NFT_MSG_NEWOBJ and NFT_MSG_GETOBJ (linux/netfilter/nf_tables.h).
    private const ushort NewObject = 0xa12;
    private const ushort GetObject = 0xa13;
    private const byte FamilyInet = 1;
    private const int HeaderLength = 4;
    private const ushort TableAttribute = 1;
    private const ushort NameAttribute = 2;
    private const ushort TypeAttribute = 3;
    private const ushort DataAttribute = 4;
    private const ushort OctetsAttribute = 1;
    private const ushort PacketsAttribute = 2;
    private const uint CounterType = 1;

    private readonly NetlinkChannel _channel = new(NetfilterProtocol);
    private readonly NetlinkBatch _request = new();

    /// <summary>Every counter of the table by its name; none where there is no such table.</summary>
    /// <exception cref="LinuxException">No CAP_NET_ADMIN, or no nf_tables in the kernel.</exception>
    public IReadOnlyDictionary<string, (ulong Packets, ulong Octets)> Read(string table)
    {
        Dictionary<string, (ulong, ulong)> counters = new(StringComparer.Ordinal);
        _request.Clear();
        // struct nfgenmsg: family, version, resource (2).
        _request.Begin(GetObject, NetlinkSocket.FlagRequest | NetlinkSocket.FlagDump, HeaderLength)[0] = FamilyInet;
        _request.Put(TableAttribute, table);
        _request.Put(TypeAttribute, BinaryPrimitives.ReverseEndianness(CounterType));
        _channel.List(_request, "read the counters of nftables", counters.Clear, (type, payload) =>
        {
            if (type == NewObject && payload.Length > HeaderLength)
            {
                Take(payload[HeaderLength..], table, counters);
            }
        });
        return counters;
    }

    private static void Take(ReadOnlySpan<byte> attributes, string table, Dictionary<string, (ulong, ulong)> counters)
    {
        string name = "";
        ReadOnlySpan<byte> data = [];
        bool ours = true;
        while (NetlinkReader.TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                // A kernel that does not heed the filters lists everything.
                case TableAttribute:
                    ours &= Text(value) == table;
                    break;
                case NameAttribute:
                    name = Text(value);
                    break;
                case TypeAttribute:
                    ours &= value.Length == sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(value) == CounterType;
                    break;
                case DataAttribute:
                    data = value;
                    break;
                default:
                    break;
            }
        }

        if (ours && name.Length > 0)
        {
            counters[name] = Values(data);
        }
    }

    private static (ulong Packets, ulong Octets) Values(ReadOnlySpan<byte> attributes)
    {
        (ulong packets, ulong octets) = (0, 0);
        while (NetlinkReader.TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            if (value.Length == sizeof(ulong))
            {
                ulong number = BinaryPrimitives.ReadUInt64BigEndian(value);
                (packets, octets) = type switch
                {
                    PacketsAttribute => (number, octets),
                    OctetsAttribute => (packets, number),
                    _ => (packets, octets),
                };
            }
        }

        return (packets, octets);
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
