// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

/// <summary>
/// An Ethernet II header: destination (6), source (6), type (2). The payload follows at <see cref="Length"/>; short
/// payloads carry padding, so an upper length is the payload's own business.
/// </summary>
public readonly record struct EthernetHeader(MacAddr Destination, MacAddr Source, EtherType EtherType)
{
    /// <summary>Octets in the header.</summary>
    public const int Length = 14;

    private const ushort LowestEtherType = 0x0600;

    /// <summary>Reads the header at the start of a frame.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out EthernetHeader header, out EthernetError error)
    {
        SpanReader reader = new(frame);
        header = default;
        error = EthernetError.Truncated;
        if (!reader.TryReadMac(out MacAddr destination) || !reader.TryReadMac(out MacAddr source) || !reader.TryReadUInt16(out ushort type))
        {
            return false;
        }

        header = new(destination, source, (EtherType)type);
        error = type < LowestEtherType ? EthernetError.NotEthernet2
            : type is (ushort)EtherType.Vlan or (ushort)EtherType.ServiceVlan ? EthernetError.VlanTagged
            : EthernetError.None;
        return error == EthernetError.None;
    }

    /// <summary>Writes the header.</summary>
    public bool TryWrite(ref SpanWriter writer) =>
        writer.Remaining >= Length
        && writer.TryWriteMac(Destination)
        && writer.TryWriteMac(Source)
        && writer.TryWriteUInt16((ushort)EtherType);
}
