// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Linux;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Plane;

/// <content>What machines ask for.</content>
internal sealed partial class ProtocolPlane
{
    public void Send(VrrpInstance instance, in VrrpTransmission transmission, ReadOnlySpan<byte> message)
    {
        PlaneInstance owner = _byMachine[instance];
        if (owner.Port is not { } port)
        {
            owner.Attempts++;
            owner.Failures++;
            return;
        }

        port.Send(owner, message, transmission.Source, transmission.Destination);
        if (instance.State == VrrpState.Master)
        {
            _resume.Mark(owner.Slot, Reactor.Now);
        }
    }

    public void Do(VrrpInstance instance, in VrrpCommand command)
    {
        PlaneInstance owner = _byMachine[instance];
        switch (command.Kind)
        {
            case VrrpCommandKind.Hold:
                owner.LetsGo = false;
                owner.LetGoAt = MonoTime.Never;
                _orders.Add(new(HoldingOrderKind.Hold, owner.Name));
                break;
            case VrrpCommandKind.LetGo:
                _resume.Clear(owner.Slot);
                owner.LetsGo = true;
                break;
            case VrrpCommandKind.Announce:
                _orders.Add(new(HoldingOrderKind.Announce, owner.Name) { Repeat = command.Repeat, IsRefresh = command.IsRefresh });
                break;
            default:
                throw new UnreachableException();
        }
    }

    public void Tell(VrrpInstance instance, in VrrpNotice notice)
    {
        PlaneInstance owner = _byMachine[instance];
        if (notice.Kind == VrrpNoticeKind.StateChanged)
        {
            owner.LastTransition = new(notice.From, notice.To, notice.Reason, notice.Peer, instance.Since);
        }

        _notices.Add(new()
        {
            Instance = owner.Spec,
            Notice = notice,
            Priority = instance.EffectivePriority,
            IsDeleted = owner is { IsLeaving: true, IsReplaced: false } && _stopped is null,
            Detail = notice.Reason == VrrpReason.Faulted ? FaultOf(owner) : notice.Reason == VrrpReason.SourceLost ? owner.Problem ?? "" : "",
        });
    }

    private void TellLower(PlaneInstance instance, VrrpInstance machine)
    {
        uint asserted = machine.Counters.Asserted;
        if (asserted != instance.Asserted)
        {
            instance.Asserted = asserted;
            _notices.Add(new() { Instance = instance.Spec, HeardLower = true, Priority = machine.EffectivePriority, Detail = "" });
        }
    }

    private void TellGroup(PlaneGroup group)
    {
        NotifyEvent state = group.Machine.IsFaulty ? NotifyEvent.Fault : group.Machine.IsMaster ? NotifyEvent.Master : NotifyEvent.Backup;
        if (group.Told == state || group.Members.Any(static m => m?.Machine is null))
        {
            return;
        }

        _notices.Add(new() { Group = group.Settings, GroupEvent = state, GroupBefore = group.Told, Detail = "", Priority = group.Members[0]!.Machine!.EffectivePriority });
        group.Told = state;
    }

    private static string FaultOf(PlaneInstance instance)
    {
        int item = instance.Tracker.FaultyItem;
        return item < 0 ? "" : $"{instance.Spec.Tracked[item].Kind} {instance.Spec.Tracked[item].Name}";
    }
}
