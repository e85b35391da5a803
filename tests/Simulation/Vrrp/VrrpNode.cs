// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Simulation.Vrrp;

/// <summary>One node of the segment: a driver as thin as it can be, that can crash, stand still and lose its link.</summary>
internal sealed class VrrpNode(VrrpNetwork network, int index, VrrpParameters parameters) : IVrrpSink
{
    private readonly Queue<(byte[] Octets, VrrpArrival Arrival)> _inbox = [];
    private MonoTime _lastAdvertisement;
    private uint _becameMasterAtLast;
    private bool _holds;

    public int Index { get; } = index;

    public IpAddr Address { get; } = IpAddr.FromUInt32(0xC000_020A + (uint)index);

    public VrrpParameters Parameters { get; } = parameters;

    public VrrpInstance? Instance { get; private set; }

    public int Side { get; set; }

    public bool IsDeaf { get; set; }

    public bool IsMute { get; set; }

    public bool HasLink { get; private set; } = true;

    public bool IsPaused { get; private set; }

    public MonoTime DiedAt { get; private set; }

    public bool IsMaster => Instance is { State: VrrpState.Master } && !IsPaused;

    public bool IsEligible => Instance is { Holds: VrrpHolds.None } && !IsPaused && HasLink;

    public MonoTime NextDeadline => IsPaused || Instance is null ? MonoTime.Never : Instance.NextDeadline;

    public void Boot(TimeSpan? age = null)
    {
        Instance = new VrrpInstance(new VrrpKey(1, IpFamily.IPv4, Parameters.VirtualRouterId), Parameters);
        _inbox.Clear();
        _holds = false;
        _becameMasterAtLast = uint.MaxValue;
        IsPaused = false;
        if (HasLink)
        {
            Step(VrrpEvent.Source(Address, 24));
        }

        Step(age is { } known ? VrrpEvent.Resume(known) : VrrpEvent.Start);
        bool isRight = Instance.State != VrrpState.Master || Parameters.IsOwner || age <= Instance.FenceAfter;
        Assert.True(isRight, $"{network.Describe()}: node {Index} goes on as master {age?.TotalMilliseconds} ms after its last advertisement");
    }

    public void Crash()
    {
        // What a state file would say: only a master writes it.
        DiedAt = Instance is { State: VrrpState.Master } ? _lastAdvertisement : MonoTime.Never;
        Instance = null;
        IsPaused = false;
    }

    public void Pause() => IsPaused = Instance is not null;

    /// <summary>Wakes up: first all messages, then the timer. A frozen machine has lost what came meanwhile.</summary>
    public void Wake(bool lost)
    {
        if (!IsPaused)
        {
            return;
        }

        IsPaused = false;
        if (lost)
        {
            _inbox.Clear();
        }

        while (_inbox.TryDequeue(out (byte[] Octets, VrrpArrival Arrival) message))
        {
            Hear(message.Octets, message.Arrival);
        }

        Step(VrrpEvent.Timer);
    }

    public void SetLink(bool up)
    {
        HasLink = up;
        if (Instance is not null && !IsPaused)
        {
            Step(up ? VrrpEvent.Source(Address, 24) : VrrpEvent.SourceLost);
        }
    }

    public void Step(scoped in VrrpEvent input)
    {
        if (Instance is null)
        {
            return;
        }

        _ = Instance.Step(input, network.Now, this);
        Assert.True(_holds == (Instance.State == VrrpState.Master), $"{network.Describe()}: node {Index} holds the addresses without being master");
    }

    public void Deliver(byte[] octets, in VrrpArrival arrival)
    {
        if (IsPaused && _inbox.Count < 64)
        {
            _inbox.Enqueue((octets, arrival));
        }
        else if (!IsPaused)
        {
            Hear(octets, arrival);
        }
    }

    public void Send(VrrpInstance instance, in VrrpTransmission transmission, ReadOnlySpan<byte> message)
    {
        if (message[2] > 0)
        {
            // No advertisement after the time at which it had to let go, unless it became master anew.
            bool anew = instance.Counters.BecameMaster != _becameMasterAtLast;
            Assert.True(
                anew || network.Now - _lastAdvertisement <= instance.FenceAfter,
                $"{network.Describe()}: node {Index} advertises {(network.Now - _lastAdvertisement).TotalMilliseconds} ms after its last");
            _becameMasterAtLast = instance.Counters.BecameMaster;
            _lastAdvertisement = network.Now;
        }

        network.Broadcast(this, message.ToArray());
    }

    public void Do(VrrpInstance instance, in VrrpCommand command) => _holds = command.Kind switch
    {
        VrrpCommandKind.Hold => true,
        VrrpCommandKind.LetGo => false,
        VrrpCommandKind.Announce => _holds,
        _ => throw new UnreachableException(),
    };

    public void Tell(VrrpInstance instance, in VrrpNotice notice)
    {
        if (notice.Kind == VrrpNoticeKind.StateChanged)
        {
            network.Transitions++;
        }
    }

    private void Hear(byte[] octets, in VrrpArrival arrival)
    {
        if (Instance is not null && HasLink
            && VrrpPacket.TryRead(octets, arrival.Source, arrival.Destination, out VrrpPacket packet, out _))
        {
            Step(VrrpEvent.Received(packet, arrival));
        }
    }
}
