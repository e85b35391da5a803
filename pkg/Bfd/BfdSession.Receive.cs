// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd;

// What a packet does: RFC 5880 6.8.6 from the point on where the session is known, and the detection timer.
public sealed partial class BfdSession
{
    // Not zero, which would mean that the peer wants nothing (RFC 5880 6.8.1).
    private static readonly TimeSpan UnknownMinReceive = TimeSpan.FromMicroseconds(1);

    private SequenceWindow _receiveWindow;
    private TimeSpan _remoteMinReceive = UnknownMinReceive;
    private TimeSpan _remoteMinTransmit;
    private byte _remoteMultiplier;
    private bool _remoteDemand;
    private MonoTime _receivedAt;
    private MonoTime _detectionAt = MonoTime.Never;
    private MonoTime _forgetSequenceAt = MonoTime.Never;

    /// <summary>The peer's number for the session; zero while it is not known.</summary>
    public uint RemoteDiscriminator { get; private set; }

    /// <summary>State of the peer's session as it last said; Down when it is not heard.</summary>
    public BfdState RemoteState { get; private set; } = BfdState.Down;

    /// <summary>Why the peer's session last changed, as it last said.</summary>
    public BfdDiagnostic RemoteDiagnostic { get; private set; }

    /// <summary>
    /// Silence after which the session is declared down: the peer's multiplier times the larger of what we ask for and
    /// what it offers (RFC 5880 6.8.4); zero while the peer is not heard.
    /// </summary>
    public TimeSpan DetectionTime => Larger(_effectiveReceive, _remoteMinTransmit) * _remoteMultiplier;

    private BfdDiscard Receive(scoped in BfdEvent input, MonoTime now, ref BfdEffects effects)
    {
        BfdDiscard discard = Judge(input, now);
        if (discard != BfdDiscard.None)
        {
            return discard;
        }

        BfdPacket packet = input.Packet;
        RemoteDiscriminator = packet.MyDiscriminator;
        RemoteState = packet.State;
        RemoteDiagnostic = packet.Diagnostic;
        _remoteDemand = packet.Demand;
        _remoteMinReceive = packet.RequiredMinReceive;
        _remoteMinTransmit = packet.DesiredMinTransmit;
        _remoteMultiplier = packet.DetectMultiplier;
        NotePollAnswer(packet.Final);
        if (State == BfdState.AdminDown)
        {
            return BfdDiscard.SessionAdminDown;
        }

        _receivedAt = now;
        Move(CauseOf(packet.State), BfdDiagnostic.NeighborSignaledDown, now, ref effects);
        return BfdDiscard.None;
    }

    private BfdDiscard Judge(scoped in BfdEvent input, MonoTime now)
    {
        uint addressedTo = input.Packet.YourDiscriminator;
        if (addressedTo != 0 && addressedTo != LocalDiscriminator)
        {
            return BfdDiscard.UnknownDiscriminator;
        }

        if (addressedTo == 0 && input.Packet.State is BfdState.Init or BfdState.Up)
        {
            return BfdDiscard.StateWithoutDiscriminator;
        }

        byte lowest = Path.Hops == BfdHops.SingleHop ? BfdParameters.FullHopLimit : Parameters.MinimumHopLimit;
        return input.HopLimit < lowest ? BfdDiscard.HopLimitTooLow : Authenticate(input, now);
    }

    private BfdDiscard Authenticate(scoped in BfdEvent input, MonoTime now)
    {
        BfdPacket packet = input.Packet;
        if (Parameters.Authentication is not { } authentication)
        {
            return packet.HasAuthentication ? BfdDiscard.UnexpectedAuthentication : BfdDiscard.None;
        }

        if (!packet.HasAuthentication)
        {
            return BfdDiscard.MissingAuthentication;
        }

        // A peer that was silent for two detection times may have restarted with other numbers (RFC 5880 6.8.1).
        if (now >= _forgetSequenceAt)
        {
            _receiveWindow.Forget();
        }

        return packet.Length > input.Datagram.Length
            ? BfdDiscard.AuthenticationLength
            : authentication.Verify(input.Datagram[..packet.Length], packet.DetectMultiplier, ref _receiveWindow);
    }

    private void CheckDetection(MonoTime now, ref BfdEffects effects)
    {
        // In Down, too, a silent peer is forgotten: it may come back with another discriminator (RFC 5880 6.8.1).
        if (now >= _detectionAt)
        {
            ForgetPeer();
            Move(BfdCause.DetectionTimeExpired, BfdDiagnostic.DetectionTimeExpired, now, ref effects);
        }
    }

    // With the discriminator goes all it said: a peer that asked for silence and died must be spoken to again.
    private void ForgetPeer()
    {
        RemoteDiscriminator = 0;
        RemoteState = BfdState.Down;
        _remoteDemand = false;
        _remoteMinReceive = UnknownMinReceive;
        _remoteMinTransmit = TimeSpan.Zero;
        _remoteMultiplier = 0;
    }

    private static BfdCause CauseOf(BfdState remote) => remote switch
    {
        BfdState.AdminDown => BfdCause.PeerAdminDown,
        BfdState.Down => BfdCause.PeerDown,
        BfdState.Init => BfdCause.PeerInit,
        BfdState.Up => BfdCause.PeerUp,
        _ => throw new UnreachableException(),
    };
}
