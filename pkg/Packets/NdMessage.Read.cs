// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

public readonly partial record struct NdMessage
{
    private const int NonceOptionLength = 8;

    /// <summary>Reads a message from an IPv6 packet and checks what RFC 4861 7.1.1 and 7.1.2 demand.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out NdMessage message, out NdError error)
    {
        message = default;
        error = ReadEnvelope(packet, out IPv6Header header, out ReadOnlySpan<byte> payload);
        if (error != NdError.None)
        {
            return false;
        }

        SpanReader reader = new(payload);
        error = NdError.Truncated;
        if (!reader.TryReadNested(FixedLength, out SpanReader fields))
        {
            return false;
        }

        _ = fields.TryReadByte(out byte type);
        _ = fields.TryReadByte(out byte code);
        _ = fields.TrySkip(2);
        _ = fields.TryReadByte(out byte flags);
        _ = fields.TrySkip(3);
        bool targetRead = fields.TryReadIPv6(out IpAddr target);
        error = InternetChecksum.ComputeIPv6(header.Source, header.Destination, IpProtocol.Icmpv6, payload) != 0 ? NdError.Checksum
            : code != 0 ? NdError.Code
            : !targetRead ? NdError.MappedAddress
            : target.IsMulticast ? NdError.TargetMulticast
            : header.Source.IsMulticast ? NdError.SourceMulticast
            : NdError.None;
        if (error != NdError.None)
        {
            return false;
        }

        NdMessage read = new()
        {
            Type = (NdType)type,
            Source = header.Source,
            Destination = header.Destination,
            Target = target,
            Flags = (NdType)type == NdType.NeighborAdvertisement
                ? (NdFlags)flags & (NdFlags.Router | NdFlags.Solicited | NdFlags.Override)
                : NdFlags.None,
        };
        error = read.ReadOptions(ref reader, out read);
        error = error == NdError.None ? read.CheckRelations() : error;
        message = error == NdError.None ? read : default;
        return error == NdError.None;
    }

    // The type is judged before the checksum, so that all the other ICMPv6 on a link costs next to nothing.
    private static NdError ReadEnvelope(ReadOnlySpan<byte> packet, out IPv6Header header, out ReadOnlySpan<byte> payload)
    {
        if (!IPv6Header.TryRead(packet, out header, out payload, out IPv6Error error))
        {
            return error switch
            {
                IPv6Error.Truncated => NdError.Truncated,
                IPv6Error.Version => NdError.Version,
                IPv6Error.PayloadLength => NdError.PayloadLength,
                IPv6Error.MappedAddress => NdError.MappedAddress,
                IPv6Error.None or _ => throw new UnreachableException(),
            };
        }

        return header.IsExtended ? NdError.ExtensionHeader
            : header.NextHeader != IpProtocol.Icmpv6 ? NdError.NotIcmpv6
            : payload.IsEmpty ? NdError.Truncated
            : payload[0] is not ((byte)NdType.NeighborSolicitation or (byte)NdType.NeighborAdvertisement) ? NdError.NotNeighborDiscovery
            : header.HopLimit != HopLimit ? NdError.HopLimit
            : NdError.None;
    }

    private NdError ReadOptions(ref SpanReader reader, out NdMessage read)
    {
        read = this;
        while (reader.Remaining > 0)
        {
            if (!reader.TryReadByte(out byte type)
                || !reader.TryReadByte(out byte length)
                || length == 0
                || !reader.TryReadNested((length * 8) - 2, out SpanReader value))
            {
                return NdError.OptionLength;
            }

            if (type == (byte)LinkLayerOption)
            {
                if (value.Remaining != LinkLayerOptionLength - 2)
                {
                    return NdError.LinkLayerLength;
                }

                _ = value.TryReadMac(out MacAddr mac);
                read = read with { LinkLayerAddress = mac };
            }
            else if (type == (byte)NdOptionType.Nonce && value.Remaining == NonceOptionLength - 2)
            {
                _ = value.TryReadUInt16(out ushort high);
                _ = value.TryReadUInt32(out uint low);
                read = read with { Nonce = ((ulong)high << 32) | low };
            }
        }

        return NdError.None;
    }

    private NdError CheckRelations() => Type switch
    {
        NdType.NeighborSolicitation => Source.IsUnspecified && (LinkLayerAddress is not null || !IsSolicitedNodeGroup(Destination))
            ? NdError.UnspecifiedSource
            : NdError.None,
        NdType.NeighborAdvertisement => Destination.IsMulticast && (Flags & NdFlags.Solicited) != 0
            ? NdError.SolicitedToGroup
            : NdError.None,
        _ => throw new UnreachableException(),
    };

    private static bool IsSolicitedNodeGroup(IpAddr address) => address.SolicitedNodeGroup == address;
}
