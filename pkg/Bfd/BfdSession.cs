// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd;

/// <summary>
/// One BFD session in asynchronous mode (RFC 5880, 5881, 5883): no socket, no thread, no clock. It begins held down and
/// silent; <see cref="BfdEvent.Enable"/> starts it.
/// <para>How a driver uses it. It owns one socket per port (or one per address, for the source port must be in 49152 to
/// 65535 and constant per session, RFC 5881 4), a <see cref="BfdDemultiplexer"/> and a <see cref="DeadlineHeap{TKey}"/>, all on
/// one thread. Its loop: wait for the socket or the heap's next deadline; first read all datagrams that are there, then
/// take the deadlines that are due. That order matters: after the process stood still, packets that arrived in time are
/// seen before a timer would call the peer dead. A datagram goes through <see cref="BfdPacket.TryRead"/>,
/// <see cref="BfdDemultiplexer.TryFind"/> and <see cref="Step"/>; a due session gets <see cref="BfdEvent.Timer"/>. After each
/// step the effects are done in order: send the packet with hop limit 255, set the session's deadline in the heap, pass
/// transitions on (<see cref="BfdTransition.IsFailure"/> says whether BGP must act), count discards. To leave in order:
/// <see cref="BfdEvent.Disable"/>, go on until <see cref="BfdEffectKind.Silent"/>, remove.</para>
/// </summary>
public sealed partial class BfdSession
{
    private SeededSequence _random;

    /// <summary>A session that is held down and silent. The seed decides jitter and the first sequence number.</summary>
    /// <exception cref="ArgumentException">The parameters have errors, or the discriminator is zero.</exception>
    public BfdSession(BfdPath path, uint localDiscriminator, BfdParameters parameters, ulong seed)
    {
        Require(parameters);
        ArgumentOutOfRangeException.ThrowIfZero(localDiscriminator);
        Path = path;
        LocalDiscriminator = localDiscriminator;
        Parameters = parameters;
        _random = new SeededSequence(seed);
        _transmitSequence = (uint)_random.Next();
        ApplyIntervals();
        DrawJitter();
    }

    /// <summary>Between whom it runs.</summary>
    public BfdPath Path { get; }

    /// <summary>Our number for the session.</summary>
    public uint LocalDiscriminator { get; }

    /// <summary>What is configured; it may wait for the end of a poll to be in force.</summary>
    public BfdParameters Parameters { get; private set; }

    /// <summary>Our state.</summary>
    public BfdState State { get; private set; } = BfdState.AdminDown;

    /// <summary>Why it last left Up; None again from the next Up on.</summary>
    public BfdDiagnostic Diagnostic { get; private set; }

    /// <summary>Takes one input at one instant and says what to do. Allocates nothing.</summary>
    public void Step(scoped in BfdEvent input, MonoTime now, ref BfdEffects effects)
    {
        effects.Clear();
        bool answerPoll = false;
        switch (input.Kind)
        {
            case BfdEventKind.Received:
                BfdDiscard discard = Receive(input, now, ref effects);
                answerPoll = discard == BfdDiscard.None && input.Packet.Poll;
                if (discard != BfdDiscard.None)
                {
                    effects.Add(new BfdEffect(BfdEffectKind.Discarded) { Discard = discard });
                }

                break;
            case BfdEventKind.Timer:
                CheckDetection(now, ref effects);
                CheckFarewell(now, ref effects);
                break;
            case BfdEventKind.Enable:
                Move(BfdCause.Enabled, BfdDiagnostic.None, now, ref effects);
                break;
            case BfdEventKind.Disable:
                Move(BfdCause.Disabled, input.Diagnostic, now, ref effects);
                break;
            case BfdEventKind.PathDown:
                Move(BfdCause.PathDown, BfdDiagnostic.PathDown, now, ref effects);
                break;
            case BfdEventKind.Configure:
                Configure(input.Parameters!);
                break;
            default:
                throw new UnreachableException();
        }

        Transmit(answerPoll, now, ref effects);
        Settle(now, ref effects);
    }

    internal static void Require(BfdParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        IReadOnlyList<string> errors = parameters.Errors();
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors), nameof(parameters));
        }
    }

    // RFC 5880 6.2 and 6.8.6, whole: every state, every cause.
    internal static BfdState Next(BfdState state, BfdCause cause) => state switch
    {
        BfdState.AdminDown => cause switch
        {
            BfdCause.PeerAdminDown or BfdCause.PeerDown or BfdCause.PeerInit or BfdCause.PeerUp => BfdState.AdminDown,
            BfdCause.DetectionTimeExpired or BfdCause.PathDown or BfdCause.Disabled => BfdState.AdminDown,
            BfdCause.Enabled => BfdState.Down,
            _ => throw new UnreachableException(),
        },
        BfdState.Down => cause switch
        {
            BfdCause.PeerDown => BfdState.Init,
            BfdCause.PeerInit => BfdState.Up,
            BfdCause.PeerAdminDown or BfdCause.PeerUp => BfdState.Down,
            BfdCause.DetectionTimeExpired or BfdCause.PathDown or BfdCause.Enabled => BfdState.Down,
            BfdCause.Disabled => BfdState.AdminDown,
            _ => throw new UnreachableException(),
        },
        BfdState.Init => cause switch
        {
            BfdCause.PeerInit or BfdCause.PeerUp => BfdState.Up,
            BfdCause.PeerDown or BfdCause.Enabled => BfdState.Init,
            BfdCause.PeerAdminDown or BfdCause.DetectionTimeExpired or BfdCause.PathDown => BfdState.Down,
            BfdCause.Disabled => BfdState.AdminDown,
            _ => throw new UnreachableException(),
        },
        BfdState.Up => cause switch
        {
            BfdCause.PeerInit or BfdCause.PeerUp or BfdCause.Enabled => BfdState.Up,
            BfdCause.PeerAdminDown or BfdCause.PeerDown or BfdCause.DetectionTimeExpired or BfdCause.PathDown => BfdState.Down,
            BfdCause.Disabled => BfdState.AdminDown,
            _ => throw new UnreachableException(),
        },
        _ => throw new UnreachableException(),
    };

    private void Move(BfdCause cause, BfdDiagnostic diagnostic, MonoTime now, ref BfdEffects effects)
    {
        BfdState from = State;
        State = Next(from, cause);
        if (State == from)
        {
            return;
        }

        // The diagnostic of the last failure stays readable to the peer until the session is Up again.
        if (State == BfdState.Up)
        {
            Diagnostic = BfdDiagnostic.None;
        }
        else if (State != BfdState.Init)
        {
            Diagnostic = diagnostic;
        }

        if (from == BfdState.AdminDown)
        {
            ForgetPeer();
        }

        ApplyIntervals();
        _silentAt = State == BfdState.AdminDown ? now + (TransmitInterval * Parameters.DetectMultiplier) : MonoTime.Never;
        effects.Add(new BfdEffect(BfdEffectKind.StateChanged) { Transition = new BfdTransition(from, State, cause) });
    }

    private void Configure(BfdParameters parameters)
    {
        // A new key does not restart the peer's numbers, another type does.
        if (parameters.Authentication?.Type != Parameters.Authentication?.Type)
        {
            _receiveWindow.Forget();
        }

        Parameters = parameters;
        DrawJitter();
        ApplyIntervals();
    }
}
