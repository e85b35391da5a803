// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>
/// Graceful restart, code 64 (RFC 4724 3, the N bit RFC 8538 2).
/// <code>
///  +-+-+---+--------------+    +-------+------+-+-------+
///  |R|N| 0 | seconds (12) |    |  AFI  | SAFI |F|   0   |  any number, also none
///  +-+-+---+--------------+    +-------+------+-+-------+
/// </code>
/// </summary>
public readonly ref struct GracefulRestartCapability
{
    /// <summary>The most seconds that twelve bits hold.</summary>
    public const int MaxRestartSeconds = 0xfff;

    private const int HeadLength = 2;
    private const int EntryLength = 4;
    private const ushort RestartingBit = 0x8000;
    private const ushort NotificationBit = 0x4000;
    private const byte ForwardingBit = 0x80;
    private readonly ReadOnlySpan<byte> _entries;
    private readonly ushort _head;

    private GracefulRestartCapability(ushort head, ReadOnlySpan<byte> entries)
    {
        _head = head;
        _entries = entries;
    }

    /// <summary>R: the speaker has restarted, its peer must not wait for an End-of-RIB before it sends its own.</summary>
    public bool Restarting => (_head & RestartingBit) != 0;

    /// <summary>N: a NOTIFICATION other than a hard reset keeps the routes.</summary>
    public bool NotificationPreserves => (_head & NotificationBit) != 0;

    /// <summary>How long the speaker asks to be waited for, in seconds.</summary>
    public int RestartSeconds => _head & MaxRestartSeconds;

    /// <summary>Families in the capability.</summary>
    public int Count => _entries.Length / EntryLength;

    /// <summary>The family at a place.</summary>
    public GracefulRestartEntry this[int index]
    {
        get
        {
            SpanReader reader = new(_entries.Slice(index * EntryLength, EntryLength));
            _ = AfiSafi.TryRead(ref reader, out AfiSafi family);
            _ = reader.TryReadByte(out byte flags);
            return new(family, (flags & ForwardingBit) != 0);
        }
    }

    /// <summary>Reads the value; false when it is not two octets and whole entries.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out GracefulRestartCapability capability)
    {
        SpanReader reader = new(value);
        bool whole = reader.TryReadUInt16(out ushort head) && reader.Remaining % EntryLength == 0;
        capability = whole ? new(head, reader.Rest) : default;
        return whole;
    }

    /// <summary>Writes the capability; false also for more seconds than <see cref="MaxRestartSeconds"/>.</summary>
    public static bool TryWrite(
        ref SpanWriter writer,
        bool restarting,
        bool notificationPreserves,
        int restartSeconds,
        params scoped ReadOnlySpan<GracefulRestartEntry> entries)
    {
        if (restartSeconds is < 0 or > MaxRestartSeconds
            || !Capability.TryWriteHeader(ref writer, CapabilityCode.GracefulRestart, HeadLength + (entries.Length * EntryLength)))
        {
            return false;
        }

        _ = writer.TryWriteUInt16((ushort)((restarting ? RestartingBit : 0) | (notificationPreserves ? NotificationBit : 0) | restartSeconds));
        foreach (GracefulRestartEntry entry in entries)
        {
            _ = entry.Family.TryWrite(ref writer);
            _ = writer.TryWriteByte(entry.ForwardingPreserved ? ForwardingBit : (byte)0);
        }

        return true;
    }
}
