// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Session;

/// <summary>
/// Keeps the beginning of a message whose rest has not come. Whole messages are read where they lie and never pass through
/// here. It grows to the longest message that was agreed on, and stays so small else.
/// </summary>
internal sealed class ReceiveBuffer
{
    private byte[] _octets = [];
    private int _length;

    public bool IsEmpty => _length == 0;

    public int Capacity => _octets.Length;

    public void Clear()
    {
        _length = 0;
        _octets = [];
    }

    /// <summary>
    /// Takes from the octets what the message begun here still needs, and shows what there is of it: a whole message, one whose
    /// header breaks a rule, or one that needs more octets than there are.
    /// </summary>
    public ReadOnlySpan<byte> Fill(scoped ref ReadOnlySpan<byte> octets, bool extendedMessages)
    {
        Append(ref octets, MessageFrame.HeaderLength);
        if (_length >= MessageFrame.HeaderLength)
        {
            // A length that was not agreed on gets no room: it is judged with what is here.
            int length = BinaryPrimitives.ReadUInt16BigEndian(_octets.AsSpan(MessageFrame.HeaderLength - 3));
            Append(ref octets, length > MessageFrame.MaxLength && !extendedMessages ? 0 : length);
        }

        return _octets.AsSpan(0, _length);
    }

    /// <summary>Keeps the beginning of a message while nothing else is kept; its header, when it is there, was found sound.</summary>
    public void Keep(ReadOnlySpan<byte> beginning) => Append(ref beginning, beginning.Length);

    /// <summary>The message was read.</summary>
    public void Empty() => _length = 0;

    private void Append(scoped ref ReadOnlySpan<byte> octets, int upTo)
    {
        int taken = Math.Min(octets.Length, upTo - _length);
        if (taken <= 0)
        {
            return;
        }

        if (_length + taken > _octets.Length)
        {
            Array.Resize(ref _octets, upTo > MessageFrame.MaxLength ? MessageFrame.MaxExtendedLength : MessageFrame.MaxLength);
        }

        octets[..taken].CopyTo(_octets.AsSpan(_length));
        octets = octets[taken..];
        _length += taken;
    }
}
