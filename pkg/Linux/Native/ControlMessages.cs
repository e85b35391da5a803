// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux.Native;

/// <summary>
/// What the kernel says of a datagram beside it (cmsg(3)). On 64 bits each message is: length with this header (8), level (4),
/// type (4), then the data, padded to 8.
/// </summary>
internal ref struct ControlMessages(ReadOnlySpan<byte> octets)
{
    private const int Header = 16;
    private const int Alignment = 7;

    private ReadOnlySpan<byte> _rest = octets;

    public bool TryTake(out int level, out int type, out ReadOnlySpan<byte> data)
    {
        (level, type) = (0, 0);
        data = default;
        if (_rest.Length < Header)
        {
            return false;
        }

        long length = MemoryMarshal.Read<long>(_rest);
        if (length < Header || length > _rest.Length)
        {
            return false;
        }

        level = MemoryMarshal.Read<int>(_rest[8..]);
        type = MemoryMarshal.Read<int>(_rest[12..]);
        data = _rest[Header..(int)length];
        _rest = _rest[(int)Math.Min(_rest.Length, (length + Alignment) & ~(long)Alignment)..];
        return true;
    }
}
