// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.Fuzz;

/// <summary>One connection as the peer and the kernel see it: what went either way, read here without the session's own reader.</summary>
internal sealed class BgpWire(ConnectionId id)
{
    private const int MostHeard = 8192;
    private readonly List<byte> _heard = [];

    public ConnectionId Id { get; } = id;

    public bool OpenSent { get; private set; }

    public bool KeepaliveSent { get; private set; }

    public bool IsUp { get; set; }

    public (NotificationCode Code, byte Subcode)? Notified { get; private set; }

    /// <summary>What the peer sent was an OPEN, and then a KEEPALIVE.</summary>
    public bool HeardOpening
    {
        get
        {
            int open = LengthOf(0, MessageType.Open);
            return open > 0 && LengthOf(open, MessageType.Keepalive) == MessageFrame.HeaderLength;
        }
    }

    public void Hear(ReadOnlySpan<byte> octets)
    {
        if (_heard.Count < MostHeard)
        {
            _heard.AddRange(octets[..Math.Min(octets.Length, MostHeard - _heard.Count)]);
        }
    }

    public void Sent(ReadOnlySpan<byte> message)
    {
        FuzzTarget.Require(Notified is null, "nothing follows a NOTIFICATION");
        FuzzTarget.Require(message.Length is >= MessageFrame.HeaderLength and <= MessageFrame.MaxLength, "a message has a message's length");
        FuzzTarget.Require(message[..16].IndexOfAnyExcept((byte)0xff) < 0, "a message begins with its marker");
        FuzzTarget.Require(BinaryPrimitives.ReadUInt16BigEndian(message[16..]) == message.Length, "messages are written whole, one at a time");
        switch ((MessageType)message[18])
        {
            case MessageType.Open:
                FuzzTarget.Require(!OpenSent, "one OPEN is sent");
                OpenSent = true;
                break;
            case MessageType.Keepalive:
                FuzzTarget.Require(OpenSent && LengthOf(0, MessageType.Open) > 0, "a KEEPALIVE answers an OPEN, after ours");
                KeepaliveSent = true;
                break;
            case MessageType.Notification:
                Notified = ((NotificationCode)message[19], message[20]);
                break;
            case MessageType.Update:
            case MessageType.RouteRefresh:
            default:
                FuzzTarget.Require(false, "the session sends nothing else itself");
                break;
        }
    }

    private int LengthOf(int at, MessageType type)
    {
        if (_heard.Count < at + MessageFrame.HeaderLength)
        {
            return 0;
        }

        int length = (_heard[at + 16] << 8) | _heard[at + 17];
        return !_heard.GetRange(at, 16).TrueForAll(octet => octet == 0xff) || _heard[at + 18] != (byte)type || _heard.Count < at + length ? 0 : length;
    }
}
