// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace LoadBalancer.Benchmarks.Bgp.Wire;

/// <summary>Finds the messages in one direction of a session, however the octets come cut.</summary>
internal sealed class MessageScanner(Action<byte, ReadOnlyMemory<byte>> taken)
{
    private const int LengthAt = 16;
    private const int TypeAt = 18;
    private byte[] _held = new byte[1 << 14];
    private int _end;

    /// <summary>Takes octets; calls back with type and body of each message that is whole.</summary>
    internal void Feed(ReadOnlySpan<byte> octets)
    {
        if (_held.Length - _end < octets.Length)
            Array.Resize(ref _held, (_end + octets.Length) * 2);
        octets.CopyTo(_held.AsSpan(_end));
        _end += octets.Length;
        var at = 0;
        while (_end - at >= BgpBytes.HeaderLength)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(_held.AsSpan(at + LengthAt));
            if (length < BgpBytes.HeaderLength)
                throw new InvalidDataException($"A message of {length} octets");
            if (_end - at < length)
                break;
            taken(_held[at + TypeAt], _held.AsMemory(at + BgpBytes.HeaderLength, length - BgpBytes.HeaderLength));
            at += length;
        }

        _held.AsSpan(at, _end - at).CopyTo(_held);
        _end -= at;
    }
}
