// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd;

// When to send, and what: RFC 5880 6.8.7.
public sealed partial class BfdSession
{
    private const int Millionths = 1_000_000;

    private BfdPacket _sent;
    private MonoTime _sentAt = new(long.MinValue / 2);
    private uint _transmitSequence;
    private int _jitterMillionths;

    // Nothing before a passive session has heard its peer, nothing once AdminDown has been said long enough.
    private bool MayTransmit => (State != BfdState.AdminDown || _silentAt != MonoTime.Never)
        && (!Parameters.Passive || RemoteDiscriminator != 0);

    // The peer can ask for silence: by its interval always, by demand mode while both are Up and nothing is polled.
    private bool MayTransmitPeriodically => MayTransmit
        && _remoteMinReceive != TimeSpan.Zero
        && !(_remoteDemand && State == BfdState.Up && RemoteState == BfdState.Up && _poll != PollPhase.Polling);

    private MonoTime NextTransmission => MayTransmitPeriodically
        ? _sentAt + new TimeSpan(TransmitInterval.Ticks * _jitterMillionths / Millionths)
        : MonoTime.Never;

    /// <summary>
    /// Sends one packet when a poll is to be answered, when the contents changed, or when it is time. An answer does not
    /// count as the periodic packet, and cannot itself poll.
    /// </summary>
    private void Transmit(bool answerPoll, MonoTime now, ref BfdEffects effects)
    {
        BfdPacket content = Content();
        bool changed = content != _sent;
        if (!MayTransmit || !(answerPoll || changed || now >= NextTransmission))
        {
            return;
        }

        _sent = content;
        if (!answerPoll)
        {
            _sentAt = now;
            DrawJitter();
        }

        BfdPacket packet = content with { Final = answerPoll, Poll = !answerPoll && _poll == PollPhase.Polling };
        Span<byte> octets = effects.AddPacket(packet.Length);
        _ = packet.TryWrite(octets);
        if (Parameters.Authentication is { } authentication)
        {
            // Meticulous: a number per packet; else a number per contents, so that an old state cannot be replayed (6.7.3).
            _transmitSequence += authentication.IsMeticulous || changed ? 1u : 0u;
            authentication.Sign(octets, _transmitSequence);
        }
    }

    private BfdPacket Content() => new()
    {
        Diagnostic = Diagnostic,
        State = State,
        HasAuthentication = Parameters.Authentication is not null,
        DetectMultiplier = Parameters.DetectMultiplier,
        Length = (byte)(BfdPacket.FixedLength + (Parameters.Authentication?.SectionLength ?? 0)),
        MyDiscriminator = LocalDiscriminator,
        YourDiscriminator = RemoteDiscriminator,
        DesiredMinTransmit = _advertisedTransmit,
        RequiredMinReceive = _advertisedReceive,
    };

    // Each interval is shortened by up to a quarter, so that sessions do not fall into step; with a multiplier of one by
    // at least a tenth, or the peer's detection time would end with the interval (6.8.7).
    private void DrawJitter()
    {
        int range = Parameters.DetectMultiplier == 1 ? 150_000 : 250_000;
        _jitterMillionths = (int)(750_000L + ((long)_random.Millionths() * range / Millionths));
    }
}
