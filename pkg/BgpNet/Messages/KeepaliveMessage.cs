// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Messages;

/// <summary>KEEPALIVE: a header and nothing else (RFC 4271 4.4).</summary>
public static class KeepaliveMessage
{
    /// <summary>Octets of the message.</summary>
    public const int Length = MessageFrame.HeaderLength;

    /// <summary>Writes the message; false when it does not fit.</summary>
    public static bool TryWrite(Span<byte> destination, out int length)
    {
        SpanWriter writer = new(destination);
        bool fits = MessageFrame.TryWriteHeader(ref writer, MessageType.Keepalive, Length);
        length = writer.Position;
        return fits;
    }
}
