// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>One input of an instance; lives no longer than the octets it shows.</summary>
public readonly ref struct VrrpEvent
{
    private VrrpEvent(VrrpEventKind kind) => Kind = kind;

    /// <summary>What happened.</summary>
    public VrrpEventKind Kind { get; }

    internal VrrpPacket Packet { get; private init; }

    internal VrrpArrival Arrival { get; private init; }

    internal VrrpParameters? Parameters { get; private init; }

    internal IpAddr Address { get; private init; }

    internal byte Number { get; private init; }

    internal bool IsOn { get; private init; }

    internal TimeSpan Age { get; private init; }

    /// <summary>The time moved on. Early, late or twice is harmless.</summary>
    public static VrrpEvent Timer => new(VrrpEventKind.Timer);

    /// <summary>Begin as Backup (the owner as Master) as soon as nothing holds; no matter if it runs.</summary>
    public static VrrpEvent Start => new(VrrpEventKind.Start);

    /// <summary>End: a master says farewell and lets the addresses go. It is silent once its next deadline is Never.</summary>
    public static VrrpEvent Stop => new(VrrpEventKind.Stop);

    /// <summary>There is no address to send from: link down, or address removed.</summary>
    public static VrrpEvent SourceLost => new(VrrpEventKind.SourceLost);

    /// <summary>
    /// Take mastership now, whatever the priorities: it advertises 254 until it loses mastership or is released.
    /// </summary>
    public static VrrpEvent Claim => new(VrrpEventKind.Claim);

    /// <summary>What an operator asked for with Yield or Claim is over; priorities decide again.</summary>
    public static VrrpEvent Release => new(VrrpEventKind.Release);

    /// <summary>The sync group says: be master.</summary>
    public static VrrpEvent Promote => new(VrrpEventKind.Promote);

    /// <summary>The sync group says: be master no longer.</summary>
    public static VrrpEvent Demote => new(VrrpEventKind.Demote);

    /// <summary>The last advertisement did not leave the node.</summary>
    public static VrrpEvent SendFailed => new(VrrpEventKind.SendFailed);

    /// <summary>
    /// Begin after a restart, as master at once if our last advertisement as master is younger than the time after which
    /// another node would have taken over; else as Backup. The age is by a clock that runs while the process does not.
    /// </summary>
    public static VrrpEvent Resume(TimeSpan lastAdvertisementAge) => new(VrrpEventKind.Start) { IsOn = true, Age = lastAdvertisementAge };

    /// <summary>A message that <see cref="VrrpPacket.TryRead"/> took, and how it arrived.</summary>
    public static VrrpEvent Received(VrrpPacket packet, in VrrpArrival arrival) =>
        new(VrrpEventKind.Received) { Packet = packet, Arrival = arrival };

    /// <summary>The address to send from, with the length of its subnet; the first one lets a started instance run.</summary>
    public static VrrpEvent Source(IpAddr address, int prefixLength) =>
        new(VrrpEventKind.Source) { Address = address, Number = checked((byte)prefixLength) };

    /// <summary>Something tracked with weight 0 failed (true), or nothing is failed any more.</summary>
    public static VrrpEvent Fault(bool failed) => new(VrrpEventKind.Fault) { IsOn = failed };

    /// <summary>Another member of the sync group has a fault (true), or none has.</summary>
    public static VrrpEvent GroupFault(bool failed) => new(VrrpEventKind.GroupFault) { IsOn = failed };

    /// <summary>Keep out of it (true), or take part again; survives a stop.</summary>
    public static VrrpEvent Maintenance(bool on) => new(VrrpEventKind.Maintenance) { IsOn = on };

    /// <summary>The priority with all weights applied, 1 to 254; an owner's is 255 whatever is said.</summary>
    public static VrrpEvent Priority(byte effective) => new(VrrpEventKind.Priority) { Number = effective };

    /// <summary>
    /// Replaces the parameters but for version, family and number; what did not change is not touched. The priority is that of
    /// the parameters until the next <see cref="Priority"/>; give the weighted one along to have no moment in between.
    /// </summary>
    public static VrrpEvent Configure(VrrpParameters parameters, byte? effectivePriority = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new(VrrpEventKind.Configure) { Parameters = parameters, Number = effectivePriority ?? parameters.Priority };
    }

    /// <summary>Give mastership to whoever is next, and do not preempt until released.</summary>
    public static VrrpEvent Yield() => new(VrrpEventKind.Yield);

    /// <summary>
    /// Give mastership to this node and no other, and do not preempt until released. A unicast peer is told by a farewell of
    /// its own; over multicast the node must claim, and until it does we stay master.
    /// </summary>
    public static VrrpEvent Yield(IpAddr node) => new(VrrpEventKind.Yield) { Address = node, IsOn = true };
}
