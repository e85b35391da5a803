// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace LoadBalancer.Bfd;

/// <summary>
/// What one step asks for, in the order in which to do it. Lives on the caller's stack and is reused: each step empties it.
/// A step sends at most one packet, which lies in the caller's octets until the next step.
/// </summary>
public ref struct BfdEffects
{
    private readonly Span<byte> _transmitBuffer;
    private Items _items;
    private int _packetLength;

    /// <summary>Effects that write into these octets, at least <see cref="BfdPacket.MaxLength"/> of them.</summary>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public BfdEffects(Span<byte> transmitBuffer)
    {
        if (transmitBuffer.Length < BfdPacket.MaxLength)
        {
            throw new ArgumentException($"a packet may need {BfdPacket.MaxLength} octets", nameof(transmitBuffer));
        }

        _transmitBuffer = transmitBuffer;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The packet to send; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> Packet => _transmitBuffer[.._packetLength];

    /// <summary>One of them.</summary>
    public readonly BfdEffect this[int index] => ((ReadOnlySpan<BfdEffect>)_items)[..Count][index];

    internal void Clear()
    {
        Count = 0;
        _packetLength = 0;
    }

    internal void Add(BfdEffect effect)
    {
        _items[Count] = effect;
        Count++;
    }

    internal Span<byte> AddPacket(int length)
    {
        _packetLength = length;
        Add(new BfdEffect(BfdEffectKind.Transmit));
        return _transmitBuffer[..length];
    }

    // One of each kind at most; the runtime refuses to go past the end.
    [InlineArray(6)]
    private struct Items
    {
        private BfdEffect _first;
    }
}
