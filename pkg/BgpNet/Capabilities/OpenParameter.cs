// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>
/// An optional parameter of an OPEN: a type, a length of one octet (RFC 4271 4.2) or of two (RFC 9072 2), a value.
/// </summary>
internal static class OpenParameter
{
    /// <summary>The parameter that holds capabilities (RFC 5492 4).</summary>
    public const byte Capabilities = 2;

    /// <summary>In the place of the first type: the extended form follows (RFC 9072 2).</summary>
    public const byte Extended = 255;

    public static bool TryRead(scoped ref SpanReader reader, bool extended, out byte type, out SpanReader value)
    {
        value = default;
        if (!reader.TryReadByte(out type))
        {
            return false;
        }

        int length;
        if (extended)
        {
            bool read = reader.TryReadUInt16(out ushort wide);
            length = read ? wide : -1;
        }
        else
        {
            bool read = reader.TryReadByte(out byte narrow);
            length = read ? narrow : -1;
        }

        return reader.TryReadNested(length, out value);
    }
}
