// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>The name of the software, code 75: a length of one octet and that much UTF-8.</summary>
public static class SoftwareVersionCapability
{
    /// <summary>Reads the value as text fit to be logged; false when the text runs past it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out string version)
    {
        SpanReader reader = new(value);
        bool read = reader.TryReadByte(out byte length) & reader.TryReadOctets(length, out ReadOnlySpan<byte> text);
        version = read ? PeerText.Clean(text) : "";
        return read;
    }

    /// <summary>Writes the capability.</summary>
    public static bool TryWrite(ref SpanWriter writer, ReadOnlySpan<byte> version) =>
        Capability.TryWriteHeader(ref writer, CapabilityCode.SoftwareVersion, 1 + version.Length)
        && writer.TryWriteByte((byte)version.Length)
        && writer.TryWriteOctets(version);
}
