// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd;

// Intervals, polls and deadlines: RFC 5880 6.5 and 6.8.2 to 6.8.4.
public sealed partial class BfdSession
{
    private static readonly TimeSpan SlowInterval = TimeSpan.FromSeconds(1);

    private TimeSpan _advertisedTransmit;
    private TimeSpan _advertisedReceive;
    private TimeSpan _effectiveTransmit;
    private TimeSpan _effectiveReceive;
    private PollPhase _poll;
    private bool _changeWaits;
    private MonoTime _silentAt = MonoTime.Never;
    private MonoTime _armedAt = MonoTime.Never;
    private TimeSpan _toldTransmit;
    private TimeSpan _toldDetection;

    private enum PollPhase : byte
    {
        Idle,

        // Packets carry the poll bit until one with the final bit comes.
        Polling,

        // Answered; a packet without the final bit must come before the next poll, or its answer would be ambiguous (6.8.3).
        Settling,
    }

    /// <summary>Interval of sending before jitter: the larger of ours and what the peer asks for (RFC 5880 6.8.2).</summary>
    public TimeSpan TransmitInterval => Larger(_effectiveTransmit, _remoteMinReceive);

    /// <summary>Whether a change of intervals waits for the peer's answer.</summary>
    public bool IsPolling => _poll == PollPhase.Polling;

    /// <summary>When <see cref="BfdEvent.Timer"/> is wanted; an instant past, or <see cref="MonoTime.Never"/>.</summary>
    public MonoTime NextDeadline => MonoTime.Min(MonoTime.Min(NextTransmission, _detectionAt), _silentAt);

    /// <summary>Brings what is advertised in line with what is configured, as far as the state and a running poll allow.</summary>
    private void ApplyIntervals()
    {
        TimeSpan receive = Parameters.ReceiveInterval;
        if (State != BfdState.Up)
        {
            // Nothing is detected by these yet, so nobody need confirm them; and a session that is not Up costs little (6.8.3).
            _advertisedTransmit = _effectiveTransmit = Larger(Parameters.TransmitInterval, SlowInterval);
            _advertisedReceive = _effectiveReceive = receive;
            _poll = PollPhase.Idle;
            _changeWaits = false;
            return;
        }

        _changeWaits = _poll != PollPhase.Idle;
        TimeSpan transmit = Parameters.TransmitInterval;
        if (_changeWaits || (transmit == _advertisedTransmit && receive == _advertisedReceive))
        {
            return;
        }

        // Sending faster and waiting longer are safe at once. Sending slower waits until the peer knows that it must be
        // patient, detecting faster until the peer knows that it must send more often (6.8.3).
        _advertisedTransmit = transmit;
        _advertisedReceive = receive;
        _effectiveTransmit = Smaller(_effectiveTransmit, transmit);
        _effectiveReceive = Larger(_effectiveReceive, receive);
        _poll = PollPhase.Polling;
    }

    private void NotePollAnswer(bool final)
    {
        if (_poll == PollPhase.Polling && final)
        {
            _effectiveTransmit = _advertisedTransmit;
            _effectiveReceive = _advertisedReceive;
            _poll = PollPhase.Settling;
        }
        else if (_poll == PollPhase.Settling && !final)
        {
            _poll = PollPhase.Idle;
            if (_changeWaits)
            {
                ApplyIntervals();
            }
        }
    }

    private void CheckFarewell(MonoTime now, ref BfdEffects effects)
    {
        if (now >= _silentAt)
        {
            _silentAt = MonoTime.Never;
            effects.Add(new BfdEffect(BfdEffectKind.Silent));
        }
    }

    private void Settle(MonoTime now, ref BfdEffects effects)
    {
        TimeSpan detection = DetectionTime;
        _detectionAt = State == BfdState.AdminDown || _remoteMultiplier == 0 ? MonoTime.Never : _receivedAt + detection;
        if (_detectionAt != MonoTime.Never)
        {
            _forgetSequenceAt = _detectionAt + detection;
        }

        if (TransmitInterval != _toldTransmit || detection != _toldDetection)
        {
            _toldTransmit = TransmitInterval;
            _toldDetection = detection;
            effects.Add(new BfdEffect(BfdEffectKind.IntervalsChanged));
        }

        // A deadline that moves later is asked for only when the earlier one has come: received packets cost no heap work.
        if (now >= _armedAt)
        {
            _armedAt = MonoTime.Never;
        }

        MonoTime next = NextDeadline;
        if (next < _armedAt)
        {
            _armedAt = next;
            effects.Add(new BfdEffect(BfdEffectKind.ArmTimer) { Deadline = next });
        }
    }

    private static TimeSpan Larger(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Smaller(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
