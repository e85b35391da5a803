// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Plane;

/// <content>Configuration: what is new, gone or another; and the end.</content>
internal sealed partial class ProtocolPlane
{
    private const byte AnnouncementsOfAChange = 2;

    private TaskCompletionSource? _stopped;

    /// <summary>Applies a difference; completes when it is in force.</summary>
    public Task ApplyAsync(PlaneDifference difference) => OnLoopAsync(() => Apply(difference));

    /// <summary>Ends every instance; completes when the last farewell is said.</summary>
    public Task StopAsync()
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Reactor.TryPost(() => Stop(stopped)) ? stopped.Task : Task.CompletedTask;
    }

    private Task OnLoopAsync(Action action)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = Reactor.TryPost(() =>
        {
            action();
            done.SetResult();
        });
        return posted ? done.Task : Task.FromException(new IOException("the protocol thread takes no more orders"));
    }

    private void Apply(PlaneDifference difference)
    {
        MonoTime now = Reactor.Now;
        ApplyDelays(difference.Global.InterfaceDelays, now);
        foreach (string name in difference.Removed)
        {
            Leave(_instances[name], isReplaced: false, now);
        }

        foreach (InstanceSpec spec in difference.Restarted)
        {
            Leave(_instances[spec.Instance.Name], isReplaced: true, now);
        }

        MonoTime startAt = now + difference.Global.StartupDelay;
        bool first = _instances.Count == 0 && _leaving.Count == 0;
        foreach (InstanceSpec spec in difference.Added.Concat(difference.Restarted))
        {
            Add(spec, first ? startAt : now, now);
        }

        foreach (InstanceSpec spec in difference.Changed)
        {
            Change(_instances[spec.Instance.Name], spec, now);
        }

        ApplyGroups(difference.Groups);
    }

    private void ApplyDelays(ValueList<InterfaceDelay> delays, MonoTime now)
    {
        if (delays == _delays)
        {
            return;
        }

        _delays = delays;
        foreach (InterfaceWatch watch in _watches.Values.ToArray())
        {
            InterfaceDelay delay = delays.FirstOrDefault(d => d.Interface == watch.Name) ?? new();
            if (delay.Up != watch.UpDelay || delay.Down != watch.DownDelay)
            {
                _deadlines.Remove(watch);
                _watches.Remove(watch.Name);
                _ = WatchOf(watch.Name, now);
            }
        }
    }

    private void Add(InstanceSpec spec, MonoTime startAt, MonoTime now)
    {
        PlaneInstance instance = new(this, spec, spec.Plan)
        {
            InMaintenance = _maintenance,
            Slot = _resume.Open(KeyOf(spec.Instance)),
            StartAt = startAt,
        };
        _instances.Add(instance.Name, instance);
        _orders.Add(new(HoldingOrderKind.Plan, instance.Name) { Plan = instance.Plan });
        Watch(instance, now);
        // Who goes on as master waits for nothing.
        if (startAt <= now || MayResume(spec, _resume, now))
        {
            StartNow(instance, now);
        }

        Bind(instance, now);
        Rearm(instance);
    }

    private void Change(PlaneInstance instance, InstanceSpec spec, MonoTime now)
    {
        bool tracksElse = spec.Tracked != instance.Spec.Tracked || spec.Instance.Priority != instance.Spec.Instance.Priority;
        instance.Spec = spec;
        HoldingPlan plan = spec.Plan;
        bool holdsElse = plan != instance.Plan;
        if (holdsElse)
        {
            instance.Plan = plan;
            _orders.Add(new(HoldingOrderKind.Plan, instance.Name) { Plan = plan });
        }

        if (tracksElse)
        {
            Watch(instance, now);
        }

        if (instance.Machine is { } machine)
        {
            Step(instance, machine, VrrpEvent.Configure(spec.Parameters, instance.Tracker.Effective), now);
            Step(instance, machine, VrrpEvent.Fault(instance.Tracker.HasFault), now);
            if (holdsElse && machine.State == VrrpState.Master)
            {
                // The machine knows of the advertised addresses alone.
                _orders.Add(new(HoldingOrderKind.Announce, instance.Name) { Repeat = AnnouncementsOfAChange });
            }
        }

        Bind(instance, now);
    }

    private void Leave(PlaneInstance instance, bool isReplaced, MonoTime now)
    {
        _instances.Remove(instance.Name);
        _leaving.Add(instance);
        Unwatch(instance);
        instance.IsLeaving = true;
        instance.IsReplaced = isReplaced;
        instance.StartAt = MonoTime.Never;
        instance.RetryAt = MonoTime.Never;
        if (instance.Machine is { } machine)
        {
            if (isReplaced)
            {
                _demultiplexer.Remove(machine);
            }

            Step(instance, machine, VrrpEvent.Stop, now);
        }
        else
        {
            Forget(instance);
        }
    }

    private void Forget(PlaneInstance instance)
    {
        if (!_leaving.Remove(instance))
        {
            return;
        }

        _deadlines.Remove(instance);
        FlushSenders();
        Unplace(instance);
        _resume.Close(instance.Slot);
        if (!instance.IsReplaced)
        {
            _orders.Add(new(HoldingOrderKind.Forget, instance.Name));
        }

        if (_stopped is { } stopped && _leaving.Count == 0)
        {
            _afterSettle.Add(stopped);
        }
    }

    private void ApplyGroups(ValueList<SyncGroup> groups)
    {
        Dictionary<string, PlaneGroup> before = new(_groups, StringComparer.Ordinal);
        foreach (PlaneInstance instance in _instances.Values)
        {
            instance.Group = null;
        }

        _groups.Clear();
        foreach (SyncGroup settings in groups)
        {
            PlaneInstance?[] members = [.. settings.Members.Select(name => _instances.GetValueOrDefault(name))];
            PlaneGroup? group = before.GetValueOrDefault(settings.Name);
            bool same = group is not null && group.Settings == settings && group.Members.AsSpan().SequenceEqual(members);
            if (!same)
            {
                group = new(settings) { Told = group?.Told };
                members.CopyTo(group.Members, 0);
            }

            _groups.Add(settings.Name, group!);
            for (int i = 0; i < members.Length; i++)
            {
                if (members[i] is { } member)
                {
                    member.Group = group;
                    member.Member = i;
                }

                if (!same && members[i]?.Machine is { } machine)
                {
                    group!.Machine.Report(i, machine);
                }
            }

            _dirtyGroups.Add(group!);
        }
    }

    private void StartNow(PlaneInstance instance, MonoTime now)
    {
        instance.StartAt = MonoTime.Never;
        instance.IsStarted = true;
        if (instance.Machine is { } machine)
        {
            Step(instance, machine, StartEvent(instance, now), now);
        }
    }

    private VrrpEvent StartEvent(PlaneInstance instance, MonoTime now) =>
        _resume.AgeOf(KeyOf(instance.Spec.Instance), now) is { } age ? VrrpEvent.Resume(age) : VrrpEvent.Start;

    /// <summary>Whether an instance was master so short a time ago that no other node has taken over yet.</summary>
    public static bool MayResume(InstanceSpec spec, ResumeFile resume, MonoTime now) =>
        resume.AgeOf(KeyOf(spec.Instance), now) < spec.Instance.AdvertInterval * spec.Instance.DeadAfter;

    private static Fingerprint KeyOf(VipInstance instance) => ResumeFile.KeyOf(instance.Name, instance.Interface, instance.Family, instance.RouterId);

    private void Stop(TaskCompletionSource stopped)
    {
        MonoTime now = Reactor.Now;
        _stopped = stopped;
        foreach (PlaneInstance instance in _instances.Values.ToArray())
        {
            Leave(instance, isReplaced: false, now);
        }

        if (_leaving.Count == 0)
        {
            _afterSettle.Add(stopped);
        }
    }
}
