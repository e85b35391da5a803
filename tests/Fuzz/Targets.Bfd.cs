// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.Primitives;

namespace LoadBalancer.Fuzz;

internal static partial class Targets
{
    private const string BfdDown = "204003180a0b0c0d00000000000f4240000493e000000000";
    private const string BfdUp = "23fa051800000001fffffffe0000c3500000271000000064";

    private const string BfdSigned =
        "20c403302222222211111111000493e0000493e000000000" + "021807000000002a" + "00112233445566778899aabbccddeeff";

    private static readonly BfdPath BfdLink = new(BfdHops.SingleHop, IpAddr.Parse("192.0.2.1"), IpAddr.Parse("192.0.2.2"), 2);

    private static void BfdOctets(ReadOnlySpan<byte> input)
    {
        bool read = BfdPacket.TryRead(input, out BfdPacket packet, out BfdDiscard reason);
        FuzzTarget.Require(read == (reason == BfdDiscard.None), "a reason goes with a refusal");
        byte[] written = new byte[BfdPacket.FixedLength];
        FuzzTarget.Require(!read || (packet.TryWrite(written) && input.StartsWith(written)), "a packet is written as read");
        FuzzTarget.Require(!read || packet.Length <= input.Length, "a length that was read lies within the datagram");
    }

    /// <summary>
    /// The first octet chooses the configuration; after it each octet is a step: a datagram out of what follows, time that
    /// passes, or something an operator does. A datagram's discriminator is put right, or hardly any would be taken.
    /// </summary>
    private static void BfdSteps(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        BfdDemultiplexer sessions = new(seed: 1);
        FuzzTarget.Require(sessions.TryAdd(BfdLink, BfdConfiguration(input[0]), out BfdSession session), "the first session has its path");
        MonoTime now = new(0);
        byte[] octets = new byte[BfdPacket.MaxLength];
        BfdEffects effects = new(octets);
        session.Step(BfdEvent.Enable, now, ref effects);
        input = input[1..];
        for (int steps = 0; steps < 64 && !input.IsEmpty; steps++)
        {
            byte step = input[0];
            input = input[1..];
            BfdState before = session.State;
            switch (step & 7)
            {
                case 0:
                    session.Step(BfdEvent.Configure(BfdConfiguration(step)), now, ref effects);
                    break;
                case 1:
                    session.Step((step & 8) == 0 ? BfdEvent.Enable : (step & 16) == 0 ? BfdEvent.Disable() : BfdEvent.PathDown, now, ref effects);
                    break;
                case 2:
                case 3:
                case 4:
                    byte[] datagram = input[..Math.Min(input.Length, 24 + (step >> 3))].ToArray();
                    input = input[datagram.Length..];
                    if ((step & 7) != 2 && datagram.Length >= 12)
                    {
                        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(8), session.LocalDiscriminator);
                    }

                    if (!BfdPacket.TryRead(datagram, out BfdPacket packet, out _) || !sessions.TryFind(packet, BfdLink, out BfdSession? found, out _))
                    {
                        continue;
                    }

                    FuzzTarget.Require(found == session, "the one session is found");
                    session.Step(BfdEvent.Received(packet, datagram, BfdParameters.FullHopLimit), now, ref effects);
                    break;
                default:
                    now += TimeSpan.FromMilliseconds(step);
                    session.Step(BfdEvent.Timer, now, ref effects);
                    break;
            }

            CheckBfd(session, before, effects);
        }
    }

    private static void CheckBfd(BfdSession session, BfdState before, BfdEffects effects)
    {
        bool told = false;
        for (int i = 0; i < effects.Count; i++)
        {
            BfdEffect effect = effects[i];
            if (effect.Kind == BfdEffectKind.StateChanged)
            {
                told = true;
                FuzzTarget.Require(effect.Transition.From == before && effect.Transition.To == session.State, "a transition is told as it was");
            }
        }

        FuzzTarget.Require(told == (before != session.State), "every transition is told, and nothing else");
        if (!effects.Packet.IsEmpty)
        {
            FuzzTarget.Require(BfdPacket.TryRead(effects.Packet, out BfdPacket sent, out _), "what is sent is valid");
            FuzzTarget.Require(sent.State == session.State && sent.Length == effects.Packet.Length, "what is sent is the state it is in");
            FuzzTarget.Require(!(sent.Poll && sent.Final), "a packet asks or answers");
            FuzzTarget.Require(
                sent.State == BfdState.Up || sent.DesiredMinTransmit >= TimeSpan.FromSeconds(1), "a session that is not up offers to be slow");
        }
    }

    private static BfdParameters BfdConfiguration(byte choice) => new()
    {
        TransmitInterval = TimeSpan.FromMilliseconds(10 + ((choice >> 4) * 100)),
        ReceiveInterval = TimeSpan.FromMilliseconds(10 + ((choice >> 5) * 50)),
        DetectMultiplier = (byte)(1 + (choice >> 6)),
        Passive = (choice & 16) != 0,
        Authentication = (choice & 8) == 0 ? null : new BfdAuthentication((BfdAuthenticationType)(1 + (choice % 5)), new BfdKey(7, "secret"u8)),
    };
}
