// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>AS numbers of four octets, code 65: the speaker's own number (RFC 6793 3).</summary>
public static class FourOctetAsCapability
{
    /// <summary>Reads the value; false when it is not four octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out uint asn)
    {
        SpanReader reader = new(value);
        return reader.TryReadUInt32(out asn) && reader.Remaining == 0;
    }

    /// <summary>Writes the capability.</summary>
    public static bool TryWrite(ref SpanWriter writer, uint asn) =>
        Capability.TryWriteHeader(ref writer, CapabilityCode.FourOctetAs, sizeof(uint)) && writer.TryWriteUInt32(asn);
}
