// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd.Tests;

/// <summary>One session under a manual clock, and what its last step asked for, out of the stack and easy to assert.</summary>
internal sealed class Bench
{
    public const uint Local = 0x11111111;
    public const uint Remote = 0x22222222;
    public const byte FullHopLimit = 255;

    public static readonly BfdPath Path = new(BfdHops.SingleHop, IpAddr.Parse("192.0.2.1"), IpAddr.Parse("192.0.2.2"), 7);

    public Bench(BfdParameters? parameters = null, ulong seed = 1, BfdPath? path = null) =>
        Session = new BfdSession(path ?? Path, Local, parameters ?? new BfdParameters(), seed);

    public BfdSession Session { get; }

    public MonoTime Now { get; set; } = new(5_000_000_000);

    /// <summary>The deadline a driver would hold: the one asked for last, none once it has come.</summary>
    public MonoTime Armed { get; private set; } = MonoTime.Never;

    public int TimesArmed { get; private set; }

    public List<BfdEffect> Effects { get; } = [];

    public byte[] Octets { get; private set; } = [];

    /// <summary>What the last step sent; null when it sent nothing.</summary>
    public BfdPacket? Sent { get; private set; }

    public BfdTransition? Transition => Find(BfdEffectKind.StateChanged)?.Transition;

    public BfdDiscard Discard => Find(BfdEffectKind.Discarded)?.Discard ?? BfdDiscard.None;

    /// <summary>The peer's packet as it would be while it hears us; its intervals are ours.</summary>
    public BfdPacket From(BfdState state, uint yourDiscriminator = Local) => new()
    {
        State = state,
        DetectMultiplier = 3,
        Length = 24,
        MyDiscriminator = Remote,
        YourDiscriminator = yourDiscriminator,
        DesiredMinTransmit = Session.Parameters.TransmitInterval,
        RequiredMinReceive = Session.Parameters.ReceiveInterval,
    };

    public Bench Enable() => Step(BfdEvent.Enable);

    public Bench Receive(BfdPacket packet, byte hopLimit = FullHopLimit)
    {
        byte[] octets = new byte[BfdPacket.MaxLength];
        _ = packet.TryWrite(octets);
        return Step(BfdEvent.Received(packet, octets.AsSpan(0, packet.Length), hopLimit));
    }

    public Bench ReceiveOctets(byte[] octets, byte hopLimit = FullHopLimit)
    {
        Assert.True(BfdPacket.TryRead(octets, out BfdPacket packet, out _));
        return Step(BfdEvent.Received(packet, octets, hopLimit));
    }

    /// <summary>Brings the session to a state by the shortest way; its clock stands still.</summary>
    public Bench In(BfdState state)
    {
        if (state != BfdState.AdminDown)
        {
            _ = Enable();
        }

        if (state == BfdState.Init)
        {
            _ = Receive(From(BfdState.Down));
        }
        else if (state == BfdState.Up)
        {
            _ = Receive(From(BfdState.Init));
        }

        Assert.Equal(state, Session.State);
        return this;
    }

    /// <summary>Up, its poll answered and settled.</summary>
    public Bench Settled()
    {
        _ = In(BfdState.Up).Receive(From(BfdState.Up) with { Final = true });
        return Receive(From(BfdState.Up));
    }

    public Bench Tick(TimeSpan later)
    {
        Now += later;
        return Step(BfdEvent.Timer);
    }

    /// <summary>Moves the clock to the session's next deadline.</summary>
    public Bench TickAtDeadline()
    {
        Assert.NotEqual(MonoTime.Never, Session.NextDeadline);
        Now = Session.NextDeadline > Now ? Session.NextDeadline : Now;
        return Step(BfdEvent.Timer);
    }

    public Bench Step(in BfdEvent input)
    {
        BfdEffects effects = new(new byte[BfdPacket.MaxLength]);
        Session.Step(input, Now, ref effects);
        Armed = Armed <= Now ? MonoTime.Never : Armed;
        Effects.Clear();
        for (int i = 0; i < effects.Count; i++)
        {
            Effects.Add(effects[i]);
        }

        if (Find(BfdEffectKind.ArmTimer) is { } timer)
        {
            Armed = timer.Deadline;
            TimesArmed++;
        }

        Octets = effects.Packet.ToArray();
        Sent = null;
        if (Find(BfdEffectKind.Transmit) is not null)
        {
            Assert.True(BfdPacket.TryRead(Octets, out BfdPacket packet, out _));
            Sent = packet;
        }

        return this;
    }

    private BfdEffect? Find(BfdEffectKind kind)
    {
        int place = Effects.FindIndex(effect => effect.Kind == kind);
        return place < 0 ? null : Effects[place];
    }
}
