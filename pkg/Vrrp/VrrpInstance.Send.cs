// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <content>What it sends: one message, written once, its priority and checksum put right for each destination.</content>
public sealed partial class VrrpInstance
{
    private MonoTime _lastAdvertisement;
    private MonoTime _advertisementBefore;
    private MonoTime _farewellAt = MonoTime.Never;
    private byte _farewellsLeft;
    private ChecksumForm _peerForm;
    private bool _failed;

    private ReadOnlySpan<byte> OwnAddresses =>
        _message.AsSpan(VrrpWire.HeaderLength, Parameters.Addresses.Count * VrrpWire.AddressLength(Key.Family));

    private ChecksumForm Form => Parameters.Policy.Checksum switch
    {
        ChecksumMode.PseudoHeader => ChecksumForm.PseudoHeader,
        ChecksumMode.MessageOnly => ChecksumForm.MessageOnly,
        ChecksumMode.Auto => _peerForm,
        _ => throw new UnreachableException(),
    };

    private void Advertise(MonoTime now, IVrrpSink sink)
    {
        _failed = false;
        _advertisementBefore = _lastAdvertisement;
        _lastAdvertisement = now;
        // The cadence does not drift by how late each timer is.
        MonoTime next = _deadline + Parameters.Interval;
        _deadline = _deadline <= now && next > now ? next : now + Parameters.Interval;
        SendToAll(EffectivePriority, sink);
    }

    private void SayFarewell(MonoTime now, IVrrpSink sink)
    {
        // To everybody, also when one node was to have it.
        _manual = _manual == ManualMode.Yielding ? ManualMode.None : _manual;
        _yieldUntil = MonoTime.Never;
        StartFarewells(now, sink);
    }

    private void StartFarewells(MonoTime now, IVrrpSink sink)
    {
        _farewellsLeft = Parameters.Policy.Farewells;
        RepeatFarewell(now, sink);
    }

    private void RepeatFarewell(MonoTime now, IVrrpSink sink)
    {
        if ((_holds & VrrpHolds.NoSource) != 0)
        {
            _farewellsLeft = 0;
        }

        if (_farewellsLeft > 0)
        {
            _farewellsLeft--;
            _counters.FarewellsSent++;
            if (_manual == ManualMode.Yielding)
            {
                SendTo(_yieldTo, 0, sink);
            }
            else
            {
                SendToAll(0, sink);
            }
        }

        _farewellAt = _farewellsLeft > 0 ? now + Parameters.Policy.FarewellSpacing : MonoTime.Never;
    }

    private void SendToAll(byte priority, IVrrpSink sink)
    {
        if (!Parameters.IsUnicast)
        {
            SendTo(Parameters.Destination, priority, sink);
            return;
        }

        for (int i = 0; i < Parameters.Peers.Count; i++)
        {
            // Who is to take over would think that we changed our mind.
            IpAddr peer = Parameters.Peers[i].Address;
            if (_manual != ManualMode.Yielding || peer != _yieldTo)
            {
                SendTo(peer, priority, sink);
            }
        }
    }

    private void SendTo(IpAddr destination, byte priority, IVrrpSink sink)
    {
        VrrpMessage.Seal(_message, priority, _source, destination, Form);
        _counters.Sent++;
        sink.Send(this, new VrrpTransmission(_source, destination), _message);
    }

    private void OnSendFailed()
    {
        _counters.SendFailures++;
        _failed = true;
        _lastAdvertisement = _advertisementBefore;
    }
}
