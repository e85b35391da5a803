// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux;
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Plane;

/// <content>What an operator asks for, and what is shown.</content>
internal sealed partial class ProtocolPlane
{
    private const int Slice = 256;

    /// <summary>Keeps the node out of everything, or lets it take part again.</summary>
    public Task MaintainAsync(bool on) => OnLoopAsync(() =>
    {
        _maintenance = on;
        foreach (PlaneInstance instance in _instances.Values)
        {
            instance.InMaintenance = on;
            if (instance.Machine is { } machine)
            {
                Step(instance, machine, VrrpEvent.Maintenance(on), Reactor.Now);
            }
        }
    });

    /// <summary>Moves an instance or a sync group by hand; the answer says what was done, or why nothing was.</summary>
    public async Task<FailoverAnswer> FailOverAsync(FailoverRequest request)
    {
        FailoverAnswer answer = default;
        await OnLoopAsync(() => answer = FailOver(request, Reactor.Now)).ConfigureAwait(false);
        return answer;
    }

    private FailoverAnswer FailOver(FailoverRequest request, MonoTime now)
    {
        PlaneInstance[] asked = _instances.TryGetValue(request.Name, out PlaneInstance? one) ? [one]
            : _groups.TryGetValue(request.Name, out PlaneGroup? group) ? [.. group.Members.OfType<PlaneInstance>()]
            : [];
        if (asked.Length == 0)
        {
            return new(false, $"there is no instance or sync group {request.Name} here; `vipd status` names them");
        }

        if (Array.Find(asked, static i => i.Machine is null || i.Machine.State == VrrpState.Initialize) is { } idle)
        {
            return new(false, $"{idle.Name} takes no part in the election on this node ({HoldWords(idle)}): nothing can be moved from or to here");
        }

        return request.Direction switch
        {
            FailoverDirection.Away => Away(request, asked, now),
            FailoverDirection.Here => Each(asked, VrrpEvent.Claim, now, "this node claims it, at priority 254 until it loses it or `vipd failover --release` says that priorities decide again"),
            FailoverDirection.Release => Each(asked, VrrpEvent.Release, now, "priorities decide again"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private FailoverAnswer Away(FailoverRequest request, PlaneInstance[] asked, MonoTime now)
    {
        if (Array.Find(asked, static i => i.State != VrrpState.Master) is { } other)
        {
            return new(false, $"this node is not master of {other.Name}: run the command on the master{(other.Machine?.MasterAddress is { } master ? $", which has the address {master}" : "")}, or with --to and this node's name to take it");
        }

        if (request.To is not { } to)
        {
            return Each(asked, VrrpEvent.Yield(), now, "given away: the node with the next priority takes it");
        }

        foreach (PlaneInstance instance in asked)
        {
            bool known = instance.Spec.Instance.Unicast?.Peers.Any(p => p.Address == to) ?? false;
            bool heard = instance.Machine!.Peers.ToArray().Any(p => p.Source == to);
            if (!known && !heard)
            {
                return new(false, $"no node with the address {to} was heard for {instance.Name}: run `vipd failover {request.Name} --to NODE` on the node that is to have it");
            }
        }

        return Each(asked, VrrpEvent.Yield(to), now, asked.All(static i => i.Spec.Instance.Unicast is { Peers.Count: > 0 })
            ? $"given to {to}; this node stays master until it answers"
            : $"kept for {to}, which must claim it within seconds: run `vipd failover {request.Name} --to NODE` there; this node stays master until it does");
    }

    private FailoverAnswer Each(PlaneInstance[] asked, VrrpEvent input, MonoTime now, string done)
    {
        foreach (PlaneInstance instance in asked)
        {
            Step(instance, instance.Machine!, input, now);
        }

        return new(true, $"{string.Join(", ", asked.Select(static i => i.Name))}: {done}");
    }

    private static string HoldWords(PlaneInstance instance) => instance.Problem ?? (instance.Machine is { } machine ? Words.Of(machine.Holds) : "its interface is not known yet");

    /// <summary>What every instance and group is now. Thousands are looked at in slices, between which advertisements leave.</summary>
    public Task<PlaneView> LookAsync(TimeProvider time)
    {
        TaskCompletionSource<PlaneView> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = Reactor.TryPost(() =>
        {
            PlaneViewBuilder builder = new(time);
            Look(builder, [.. _instances.Values], 0, seen);
        });
        return posted ? seen.Task : Task.FromException<PlaneView>(new IOException("the protocol thread takes no more orders"));
    }

    private void Look(PlaneViewBuilder builder, PlaneInstance[] all, int from, TaskCompletionSource<PlaneView> seen)
    {
        MonoTime now = Reactor.Now;
        int to = Math.Min(all.Length, from + Slice);
        for (int i = from; i < to; i++)
        {
            builder.Add(all[i], now);
        }

        if (to < all.Length && Reactor.TryPost(() => Look(builder, all, to, seen)))
        {
            return;
        }

        foreach (PlaneGroup group in _groups.Values)
        {
            builder.Add(group);
        }

        builder.Add(_reports.Values);
        builder.Count(_demultiplexer);
        seen.SetResult(builder.Build(_maintenance));
    }
}
