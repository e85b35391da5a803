// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Linux.Native;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Nftables;

/// <summary>Connections that were translated from one to another; what is null is not looked at.</summary>
/// <param name="Protocol">The IP protocol number.</param>
/// <param name="Vip">What the client asked for.</param>
/// <param name="Port">And its port; 0 for every port.</param>
/// <param name="Endpoint">Who answers; null for all.</param>
/// <param name="EndpointPort">And its port.</param>
public readonly record struct TranslatedConnections(byte Protocol, IpAddr Vip, ushort Port, IpAddr? Endpoint = null, ushort? EndpointPort = null);

/// <summary>
/// The kernel's table of connections (ctnetlink): established ones stay with an endpoint that was taken out until they end, or
/// until they are cut here. What comes then is taken as new and finds an endpoint that is there. For one thread at a time.
/// </summary>
public sealed class ConnectionTable : IDisposable
{
    private const int NetfilterProtocol = 12;
    private const ushort New = 0x100;
    private const ushort Get = 0x101;
    private const ushort Delete = 0x102;
    private const int HeaderLength = 4;
    private const ushort TupleOriginal = 1;
    private const ushort TupleReply = 2;
    private const ushort Identifier = 12;
    private const ushort Zone = 18;
    private const ushort TupleAddresses = 1;
    private const ushort TuplePorts = 2;
    private const ushort Source4 = 1;
    private const ushort Destination4 = 2;
    private const ushort Source6 = 3;
    private const ushort Destination6 = 4;
    private const ushort ProtocolNumber = 1;
    private const ushort SourcePort = 2;
    private const ushort DestinationPort = 3;
    private const int NoSuchEntry = 2;
    private const int NotSupported = 95;
    private const int InvalidArgument = 22;
    private const ushort Nested = 0x8000;

    private readonly NetlinkChannel _channel = new(NetfilterProtocol);
    private readonly NetlinkBatch _request = new();
    private readonly NetlinkBatch _deletions = new();

    /// <summary>How many there are.</summary>
    /// <exception cref="LinuxException">No CAP_NET_ADMIN, or the kernel does not hand its table out.</exception>
    public int Count(TranslatedConnections wanted) => Collect(wanted.Vip.Family, Sort([wanted]));

    /// <summary>Takes them out of the table; returns how many were there.</summary>
    /// <exception cref="LinuxException">No CAP_NET_ADMIN, or the kernel does not hand its table out.</exception>
    public int Cut(TranslatedConnections wanted) => Cut([wanted]);

    /// <summary>Takes all of them out of the table, which is read once for each family; returns how many were there.</summary>
    /// <exception cref="LinuxException">No CAP_NET_ADMIN, or the kernel does not hand its table out.</exception>
    public int Cut(IReadOnlyCollection<TranslatedConnections> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        int cut = 0;
        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
        {
            TranslatedConnections[] ours = [.. wanted.Where(w => w.Vip.Family == family)];
            cut += ours.Length == 0 ? 0 : CutFamily(family, ours);
        }

        return cut;
    }

    private int CutFamily(IpFamily family, TranslatedConnections[] wanted)
    {
        int cut = Collect(family, Sort(wanted));
        foreach ((int error, string detail) in _channel.Execute(_deletions))
        {
            // One may have ended by itself meanwhile.
            if (error is not (0 or NoSuchEntry))
            {
                throw LinuxException.Of("cut a connection", error, detail, Capability.NetAdmin);
            }
        }

        return cut;
    }

    private static ILookup<Tuple, TranslatedConnections> Sort(TranslatedConnections[] wanted) =>
        wanted.ToLookup(static w => new Tuple(w.Protocol, w.Vip, w.Port));

    private int Collect(IpFamily family, ILookup<Tuple, TranslatedConnections> wanted)
    {
        byte number = (byte)(family == IpFamily.IPv4 ? Libc.AfInet : Libc.AfInet6);
        _request.Clear();
        // struct nfgenmsg: family, version, resource (2).
        _request.Begin(Get, NetlinkSocket.FlagRequest | NetlinkSocket.FlagDump, HeaderLength)[0] = number;
        try
        {
            _channel.List(_request, "read the table of connections", _deletions.Clear, (type, payload) =>
            {
                if (type == New && payload.Length > HeaderLength)
                {
                    Take(payload[HeaderLength..], number, wanted);
                }
            });
        }
        catch (LinuxException fault) when (fault.Error is NotSupported or InvalidArgument)
        {
            throw LinuxException.Of("read the table of connections", fault.Error, "the kernel does not hand it out; load or build nf_conntrack_netlink (CONFIG_NF_CT_NETLINK), or let connections end by themselves");
        }

        return _deletions.Count;
    }

    private void Take(ReadOnlySpan<byte> attributes, byte family, ILookup<Tuple, TranslatedConnections> wanted)
    {
        ReadOnlySpan<byte> original = [];
        ReadOnlySpan<byte> reply = [];
        ReadOnlySpan<byte> identifier = [];
        ReadOnlySpan<byte> zone = [];
        while (NetlinkReader.TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case TupleOriginal:
                    original = value;
                    break;
                case TupleReply:
                    reply = value;
                    break;
                case Identifier:
                    identifier = value;
                    break;
                case Zone:
                    zone = value;
                    break;
                default:
                    break;
            }
        }

        bool v4 = family == Libc.AfInet;
        Tuple asked = Tuple.Of(original, v4 ? Destination4 : Destination6, DestinationPort);
        Tuple answers = Tuple.Of(reply, v4 ? Source4 : Source6, SourcePort);
        if (!Matches(wanted[asked], answers) && !Matches(wanted[asked with { Port = 0 }], answers))
        {
            return;
        }

        // The identifier keeps a new connection of the same ports from being cut in the place of the old one.
        _deletions.Begin(Delete, NetlinkSocket.FlagRequest | NetlinkSocket.FlagAcknowledge, HeaderLength)[0] = family;
        _deletions.Put(TupleOriginal | Nested, original);
        if (!identifier.IsEmpty)
        {
            _deletions.Put(Identifier, identifier);
        }

        if (!zone.IsEmpty)
        {
            _deletions.Put(Zone, zone);
        }
    }

    private static bool Matches(IEnumerable<TranslatedConnections> wanted, Tuple answers)
    {
        foreach (TranslatedConnections one in wanted)
        {
            if ((one.Endpoint is null || one.Endpoint == answers.Address) && (one.EndpointPort is null || one.EndpointPort == answers.Port))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    // One end of a connection as one direction shows it.
    private readonly record struct Tuple(byte Protocol, IpAddr Address, ushort Port)
    {
        public static Tuple Of(ReadOnlySpan<byte> attributes, ushort addressType, ushort portType)
        {
            Tuple tuple = default;
            while (NetlinkReader.TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> inside))
            {
                while (type is TupleAddresses or TuplePorts && NetlinkReader.TryTakeAttribute(ref inside, out ushort item, out ReadOnlySpan<byte> value))
                {
                    tuple = (type, item) switch
                    {
                        (TupleAddresses, _) when item == addressType && IpAddr.TryRead(value, out IpAddr address) => tuple with { Address = address },
                        (TuplePorts, ProtocolNumber) when value.Length == 1 => tuple with { Protocol = value[0] },
                        (TuplePorts, _) when item == portType && value.Length == sizeof(ushort) => tuple with { Port = BinaryPrimitives.ReadUInt16BigEndian(value) },
                        _ => tuple,
                    };
                }
            }

            return tuple;
        }
    }
}
