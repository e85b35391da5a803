// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>
/// One capability as it stands in an OPEN (RFC 5492 4).
/// <code>
///   0      1        2
///  +------+--------+----------
///  | code | length | value ...
///  +------+--------+----------
/// </code>
/// </summary>
public readonly ref struct Capability
{
    internal Capability(CapabilityCode code, ReadOnlySpan<byte> value)
    {
        Code = code;
        Value = value;
    }

    /// <summary>The capability's code; it may be one that is not known.</summary>
    public CapabilityCode Code { get; }

    /// <summary>What follows the length.</summary>
    public ReadOnlySpan<byte> Value { get; }

    internal static bool TryRead(scoped ref SpanReader reader, out Capability capability)
    {
        capability = default;
        if (!reader.TryReadByte(out byte code) || !reader.TryReadByte(out byte length) || !reader.TryReadOctets(length, out ReadOnlySpan<byte> value))
        {
            return false;
        }

        capability = new((CapabilityCode)code, value);
        return true;
    }

    /// <summary>Begins a capability when all of it fits; what follows is then certain to fit.</summary>
    internal static bool TryWriteHeader(ref SpanWriter writer, CapabilityCode code, int length) =>
        length <= byte.MaxValue && writer.Remaining >= 2 + length && writer.TryWriteByte((byte)code) && writer.TryWriteByte((byte)length);

    /// <summary>Writes a capability of a value that is ready, or one without value.</summary>
    public static bool TryWrite(ref SpanWriter writer, CapabilityCode code, scoped ReadOnlySpan<byte> value = default) =>
        TryWriteHeader(ref writer, code, value.Length) && writer.TryWriteOctets(value);
}
