// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Fuzz;

internal static partial class Targets
{
    private const string VrrpV2 = "2133640101010cfb0a0900643131313100000000";
    private const string VrrpV3 = "31336401000a75bb0a090064";
    private const string VrrpDatagram = "45c0002800010000ff70d0880a090001e0000012" + "2133960100013e5d0a0900640000000000000000";

    private static readonly IpAddr VrrpOwn = IpAddr.Parse("192.0.2.10");
    private static readonly IpAddr VrrpOther = IpAddr.Parse("192.0.2.11");

    /// <summary>The first octet chooses the family; the rest is a message.</summary>
    private static void VrrpOctets(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        bool four = (input[0] & 1) == 0;
        IpAddr source = four ? VrrpOther : IpAddr.Parse("fe80::11");
        byte[] message = input[1..].ToArray();
        if ((input[0] & 2) != 0 && message.Length >= 8)
        {
            VrrpMessage.Seal(message, message[2], source, VrrpWire.Group(source.Family), (ChecksumForm)((input[0] >> 2) & 1));
        }

        bool read = VrrpPacket.TryRead(message, source, VrrpWire.Group(source.Family), out VrrpPacket packet, out VrrpDiscard reason);
        FuzzTarget.Require(read == (reason == VrrpDiscard.None), "a reason goes with a refusal");
        if (!read)
        {
            return;
        }

        FuzzTarget.Require(packet.VirtualRouterId > 0 && packet.Count > 0 && packet.Centiseconds > 0, "no field that was read is zero");
        FuzzTarget.Require(
            VrrpMessage.LengthOf(packet.Version, packet.Family, packet.Count) == message.Length, "the length is that of the addresses");
        for (int i = 0; i < packet.Count; i++)
        {
            _ = packet.TryGetAddress(i, out _);
        }
    }

    private static void VrrpDatagrams(ReadOnlySpan<byte> input)
    {
        bool read = VrrpArrival.TryReadIPv4(input, 1, out VrrpArrival arrival, out ReadOnlySpan<byte> message, out VrrpDiscard reason);
        FuzzTarget.Require(read == (reason == VrrpDiscard.None), "a reason goes with a refusal");
        FuzzTarget.Require(!read || (message.Length <= input.Length - 20 && arrival.Source.IsIPv4), "a message lies behind the header");
        _ = new VrrpDemultiplexer().ReceiveIPv4(input, 1, new MonoTime(0), new VrrpOracle(), out _);
    }

    /// <summary>The first octet chooses the configuration; after it each octet is a step: a message, time, or an operator.</summary>
    private static void VrrpSteps(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        VrrpParameters parameters = VrrpConfiguration(input[0]);
        VrrpInstance instance = new(new VrrpKey(1, IpFamily.IPv4, 51), parameters);
        VrrpOracle oracle = new();
        MonoTime now = new(1_000_000_000);
        input = input[1..];
        for (int steps = 0; steps < 64 && !input.IsEmpty; steps++)
        {
            byte step = input[0];
            input = input[1..];
            oracle.Begin(instance, now);
            switch (step & 7)
            {
                case 0:
                    Operate(instance, step >> 3, now, oracle);
                    break;
                case 1:
                case 2:
                    int length = Math.Min(input.Length, (step & 7) == 1 ? 12 : 8 + (step >> 3));
                    byte[] message = input[..length].ToArray();
                    input = input[length..];
                    VrrpHear(instance, message, step, now, oracle);
                    break;
                case 3:
                    now = instance.NextDeadline < now + TimeSpan.FromHours(9) && instance.NextDeadline > now ? instance.NextDeadline : now;
                    oracle.Begin(instance, now);
                    _ = instance.Step(VrrpEvent.Timer, now, oracle);
                    break;
                default:
                    now += TimeSpan.FromMilliseconds(step * (step & 7));
                    oracle.Begin(instance, now);
                    _ = instance.Step(VrrpEvent.Timer, now, oracle);
                    break;
            }

            oracle.End(instance);
        }
    }

    private static void VrrpHear(VrrpInstance instance, byte[] message, byte step, MonoTime now, VrrpOracle oracle)
    {
        if (message.Length >= 12)
        {
            // Put right, or hardly any would be taken.
            (message[0], message[1], message[3], message[4], message[5]) = (0x31, 51, (byte)((message.Length - 8) / 4), 0, (byte)(message[5] | 1));
            message = message[..(8 + (message[3] * 4))];
            VrrpMessage.Seal(message, message[2], VrrpOther, VrrpWire.IPv4Group, (ChecksumForm)((step >> 3) & 1));
        }

        if (!VrrpPacket.TryRead(message, VrrpOther, VrrpWire.IPv4Group, out VrrpPacket packet, out _))
        {
            return;
        }

        MonoTime deadline = instance.NextDeadline;
        VrrpState before = instance.State;
        VrrpArrival arrival = new((step & 16) == 0 ? VrrpOther : IpAddr.Parse("192.0.2.9"), VrrpWire.IPv4Group, (step & 32) == 0 ? (byte)255 : (byte)1, 1);
        VrrpDiscard reason = instance.Step(VrrpEvent.Received(packet, arrival), now, oracle);
        bool fenced = before == VrrpState.Master && instance.Reason == VrrpReason.Overslept && instance.Since == now;
        // Whoever advertises has taken over: the farewell that was to be repeated, and nothing else, is not.
        bool spared = reason == VrrpDiscard.InferiorPriority && deadline <= now + instance.Parameters.Policy.FarewellSpacing && instance.NextDeadline > deadline;
        FuzzTarget.Require(
            reason is VrrpDiscard.None or VrrpDiscard.NotRunning || fenced || spared || deadline == instance.NextDeadline, "a discarded message touches no timer");
    }

    private static void Operate(VrrpInstance instance, int choice, MonoTime now, VrrpOracle oracle)
    {
        _ = choice switch
        {
            0 => instance.Step(VrrpEvent.Start, now, oracle),
            1 => instance.Step(VrrpEvent.Stop, now, oracle),
            2 => instance.Step(VrrpEvent.SourceLost, now, oracle),
            3 => instance.Step(VrrpEvent.Fault(true), now, oracle),
            4 => instance.Step(VrrpEvent.Fault(false), now, oracle),
            5 => instance.Step(VrrpEvent.Maintenance(true), now, oracle),
            6 => instance.Step(VrrpEvent.Maintenance(false), now, oracle),
            7 => instance.Step(VrrpEvent.Yield(), now, oracle),
            8 => instance.Step(VrrpEvent.Yield(VrrpOther), now, oracle),
            9 => instance.Step(VrrpEvent.Claim, now, oracle),
            10 => instance.Step(VrrpEvent.Release, now, oracle),
            11 => instance.Step(VrrpEvent.Promote, now, oracle),
            12 => instance.Step(VrrpEvent.Demote, now, oracle),
            13 => instance.Step(VrrpEvent.SendFailed, now, oracle),
            14 or 15 => instance.Step(VrrpEvent.Priority((byte)(choice * 7)), now, oracle),
            16 => instance.Step(VrrpEvent.Configure(VrrpConfiguration((byte)now.Nanoseconds)), now, oracle),
            17 => instance.Step(VrrpEvent.GroupFault(true), now, oracle),
            18 => instance.Step(VrrpEvent.GroupFault(false), now, oracle),
            19 => instance.Step(VrrpEvent.Resume(TimeSpan.FromMilliseconds(50)), now, oracle),
            _ => instance.Step(VrrpEvent.Source(VrrpOwn, 24), now, oracle),
        };
    }

    private static VrrpParameters VrrpConfiguration(byte choice) => new()
    {
        VirtualRouterId = 51,
        Priority = (choice & 3) == 3 ? (byte)255 : (byte)(1 + choice),
        Interval = TimeSpan.FromMilliseconds(10 * (1 + (choice >> 3))),
        Addresses = (choice & 16) == 0 ? [IpAddr.Parse("192.0.2.100")] : [IpAddr.Parse("192.0.2.100"), IpAddr.Parse("192.0.2.101")],
        Grouped = (choice & 32) != 0,
        Policy = new VrrpPolicy
        {
            Preempt = (choice & 4) == 0,
            PreemptDelay = TimeSpan.FromMilliseconds((choice & 8) * 100),
            Checksum = (ChecksumMode)(choice % 3),
        },
    };

    /// <summary>What must hold of everything an instance asks for.</summary>
    private sealed class VrrpOracle : IVrrpSink
    {
        private VrrpState _told;
        private bool _holds;
        private bool _fence;
        private MonoTime _now;

        public void Begin(VrrpInstance instance, MonoTime now)
        {
            _now = now;
            _fence = instance.State == VrrpState.Master && now - instance.Since > instance.FenceAfter && instance.NextDeadline + instance.FenceAfter < now;
        }

        public void End(VrrpInstance instance)
        {
            FuzzTarget.Require(_told == instance.State, "every transition is told");
            FuzzTarget.Require(_holds == (instance.State == VrrpState.Master), "the addresses are held by a master and nobody else");
            FuzzTarget.Require(instance.State == VrrpState.Initialize == (instance.Holds != VrrpHolds.None), "what holds it keeps it in Initialize");
            FuzzTarget.Require(instance.State != VrrpState.Master || instance.NextDeadline <= _now + instance.Parameters.Interval, "a master has a deadline");
            FuzzTarget.Require(
                instance.State != VrrpState.Backup || instance.NextDeadline != MonoTime.Never || instance.WantsMaster, "a backup has a deadline");
            FuzzTarget.Require(instance.Peers.Length <= 16, "peers are bounded");
        }

        public void Send(VrrpInstance instance, in VrrpTransmission transmission, ReadOnlySpan<byte> message)
        {
            FuzzTarget.Require(
                VrrpPacket.TryRead(message, transmission.Source, transmission.Destination, out VrrpPacket sent, out _), "what is sent is valid");
            FuzzTarget.Require(sent.Priority == 0 || instance.State == VrrpState.Master, "only a master advertises");
            FuzzTarget.Require(!_fence || _told != VrrpState.Master, "who overslept lets go before it sends");
        }

        public void Do(VrrpInstance instance, in VrrpCommand command)
        {
            _holds = command.Kind switch
            {
                VrrpCommandKind.Hold => true,
                VrrpCommandKind.LetGo => false,
                VrrpCommandKind.Announce => _holds,
                _ => throw new UnreachableException(),
            };
            FuzzTarget.Require(command.Kind != VrrpCommandKind.Announce || _holds, "only what is held is announced");
        }

        public void Tell(VrrpInstance instance, in VrrpNotice notice)
        {
            if (notice.Kind == VrrpNoticeKind.StateChanged)
            {
                FuzzTarget.Require(notice.From == _told && notice.To == instance.State && notice.From != notice.To, "a transition is told as it was");
                _told = notice.To;
            }
        }
    }
}
