// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Plane;

/// <content>
/// Leaving without a gap. After a farewell the next node waits for its skew before it takes over (RFC 9568 6.4.2); until it is
/// heard the addresses stay here and are answered for, so that a client loses nothing. Only a master that works and steps
/// down of its own will does so: in every other case the addresses go first.
/// </content>
internal sealed partial class ProtocolPlane
{
    /// <summary>A second node that takes its time, or none at all, does not hold up the end of the process.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(1);

    /// <summary>Over the longest skew, which is nearly an interval: the way of the farewell and back, and a successor that is busy.</summary>
    private static readonly TimeSpan Way = TimeSpan.FromMilliseconds(100);

    private const int PriorityOffset = 2;

    private void SettleLetGo(PlaneInstance instance, VrrpInstance machine)
    {
        if (!instance.LetsGo)
        {
            return;
        }

        instance.LetsGo = false;
        bool willing = instance is { IsReplaced: false, LastTransition: { From: VrrpState.Master, Reason: VrrpReason.Stopped or VrrpReason.Maintenance or VrrpReason.Yielded } last }
            && last.At == machine.Since
            && (machine.Holds & VrrpHolds.NoSource) == 0
            && instance.Port is not null;
        if (!willing)
        {
            LetGo(instance);
            return;
        }

        TimeSpan patience = machine.Parameters.Interval + Way;
        instance.LetGoAt = machine.Since + (patience < MostPatience ? patience : MostPatience);
    }

    private void LetGo(PlaneInstance instance)
    {
        instance.LetGoAt = MonoTime.Never;
        _orders.Add(new(HoldingOrderKind.LetGo, instance.Name));
    }

    // Whoever advertises now has taken over, and announces the addresses in this moment.
    private static bool IsSuccessor(PlaneInstance instance, ReadOnlySpan<byte> message, IpAddr source) =>
        message.Length > PriorityOffset && message[PriorityOffset] > 0 && source != instance.Source?.Address;
}
