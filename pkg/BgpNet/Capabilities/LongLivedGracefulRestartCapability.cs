// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>
/// Long-lived graceful restart, code 71 (RFC 9494 3.1): any number of
/// <code>
///  +-------+------+-+-------+--------------+
///  |  AFI  | SAFI |F|   0   | seconds (24) |
///  +-------+------+-+-------+--------------+
/// </code>
/// It counts only beside graceful restart.
/// </summary>
public readonly ref struct LongLivedGracefulRestartCapability
{
    /// <summary>The most seconds that 24 bits hold.</summary>
    public const int MaxStaleSeconds = 0xff_ffff;

    private const int EntryLength = 7;
    private const byte ForwardingBit = 0x80;
    private readonly ReadOnlySpan<byte> _value;

    private LongLivedGracefulRestartCapability(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>Families in the capability.</summary>
    public int Count => _value.Length / EntryLength;

    /// <summary>The family at a place.</summary>
    public LongLivedGracefulRestartEntry this[int index]
    {
        get
        {
            SpanReader reader = new(_value.Slice(index * EntryLength, EntryLength));
            _ = AfiSafi.TryRead(ref reader, out AfiSafi family);
            _ = reader.TryReadUInt32(out uint rest);
            return new(family, (rest >> 24 & ForwardingBit) != 0, (int)(rest & MaxStaleSeconds));
        }
    }

    /// <summary>Reads the value; false when it is not of whole entries.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out LongLivedGracefulRestartCapability capability)
    {
        bool whole = value.Length % EntryLength == 0;
        capability = whole ? new(value) : default;
        return whole;
    }

    /// <summary>Writes the capability; false also for more seconds than <see cref="MaxStaleSeconds"/>.</summary>
    public static bool TryWrite(ref SpanWriter writer, params scoped ReadOnlySpan<LongLivedGracefulRestartEntry> entries)
    {
        bool bounded = true;
        foreach (LongLivedGracefulRestartEntry entry in entries)
        {
            bounded &= entry.StaleSeconds is >= 0 and <= MaxStaleSeconds;
        }

        if (!bounded || !Capability.TryWriteHeader(ref writer, CapabilityCode.LongLivedGracefulRestart, entries.Length * EntryLength))
        {
            return false;
        }

        foreach (LongLivedGracefulRestartEntry entry in entries)
        {
            _ = entry.Family.TryWrite(ref writer);
            _ = writer.TryWriteUInt32((entry.ForwardingPreserved ? (uint)ForwardingBit << 24 : 0) | (uint)entry.StaleSeconds);
        }

        return true;
    }
}
