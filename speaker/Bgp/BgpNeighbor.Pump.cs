// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

// Writing what the RIB has for the router, one buffer at a time, so that a large table for one does not delay others.
internal sealed partial class BgpNeighbor
{
    /// <summary>Writes what is due and fits; returns when there is more to write, never while the connection is full.</summary>
    private MonoTime Pump(MonoTime now)
    {
        if (_rib is not { } rib || _session.EstablishedConnection is not { } id || !_connections.TryGetValue(id, out NeighborConnection? connection))
            return MonoTime.Never;

        if (_refused.Length > 0)
        {
            if (!connection.TryWrite(_refused))
                return MonoTime.Never;
            _refused = [];
        }

        if (_plane.Rib.Due(rib) <= now && _plane.Rib.Fill(rib, _plane.Buffer, now) is var length and > 0)
        {
            ReadOnlySpan<byte> messages = _plane.Buffer.AsSpan(0, length);
            UpdatesSent += CountUpdates(messages);
            _plane.MarkChanged();
            bool written = connection.TryWrite(messages);
            Step(SessionEvent.UpdatesWritten(id), now);
            if (!written)
            {
                // The RIB counts them as sent: they wait here, one buffer at most, and nothing more is asked for until they went.
                _refused = messages.ToArray();
                return MonoTime.Never;
            }
        }

        TellWritten(rib, id, now);
        return _rib is { } still ? _plane.Rib.Due(still) : MonoTime.Never;
    }

    private void TellWritten(RibPeer rib, ConnectionId id, MonoTime now)
    {
        if (_rib == rib && _plane.Rib.TakeSent(rib, IpFamily.IPv4))
            Step(SessionEvent.RoutesWritten(id, AfiSafi.IPv4Unicast), now);
        if (_rib == rib && _plane.Rib.TakeSent(rib, IpFamily.IPv6))
            Step(SessionEvent.RoutesWritten(id, AfiSafi.IPv6Unicast), now);
    }

    private static int CountUpdates(ReadOnlySpan<byte> messages)
    {
        const int LengthOffset = 16;
        const int TypeOffset = 18;
        int count = 0;
        while (messages.Length > TypeOffset)
        {
            count += messages[TypeOffset] == (byte)MessageType.Update ? 1 : 0;
            messages = messages[BinaryPrimitives.ReadUInt16BigEndian(messages[LengthOffset..])..];
        }

        return count;
    }
}
