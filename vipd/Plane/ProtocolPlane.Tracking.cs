// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux;
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Plane;

/// <content>What instances watch, and what becomes known of it.</content>
internal sealed partial class ProtocolPlane
{
    private readonly Dictionary<(TrackedKind Kind, string Name), List<(PlaneInstance Instance, int Item)>> _watchers = [];
    private readonly Dictionary<(TrackedKind Kind, string Name), TrackReport> _reports = [];

    public void Take(TrackReport report)
    {
        if (!Reactor.TryPost(() => Take(report, Reactor.Now)))
        {
            Log.ReportLost(_logger, report.Kind, report.Name);
        }
    }

    private void Take(TrackReport report, MonoTime now)
    {
        _reports[(report.Kind, report.Name)] = report;
        if (!_watchers.TryGetValue((report.Kind, report.Name), out List<(PlaneInstance Instance, int Item)>? watchers))
        {
            return;
        }

        foreach ((PlaneInstance instance, int item) in watchers)
        {
            byte before = instance.Tracker.Effective;
            if (Set(instance, item, report))
            {
                OnTracked(instance, before, report, now);
            }
        }
    }

    private static bool Set(PlaneInstance instance, int item, TrackReport report) => report.Value is { } value && report.State == TrackState.Up
        ? instance.Tracker.SetValue(item, value)
        : instance.Tracker.SetState(item, report.State);

    private void OnTracked(PlaneInstance instance, byte before, TrackReport report, MonoTime now)
    {
        if (instance.Machine is not { } machine)
        {
            return;
        }

        Step(instance, machine, VrrpEvent.Priority(instance.Tracker.Effective), now);
        Step(instance, machine, VrrpEvent.Fault(instance.Tracker.HasFault), now);
        if (before != instance.Tracker.Effective)
        {
            _notices.Add(new()
            {
                Instance = instance.Spec,
                Priority = instance.Tracker.Effective,
                PriorityBefore = before,
                Detail = $"{report.Kind} {report.Name} is {report.State}{(report.Detail.Length > 0 ? $": {report.Detail}" : "")}",
            });
        }
    }

    // A tracker is of fixed items: another set of them makes another tracker, which is told at once what is known.
    private void Watch(PlaneInstance instance, MonoTime now)
    {
        Unwatch(instance);
        TrackedItem[] items = [.. instance.Spec.Tracked];
        instance.Watched = instance.Spec.Tracked;
        instance.Tracker = new((byte)instance.Spec.Instance.Priority, [.. items.Select(static i => i.Weight)]);
        for (int i = 0; i < items.Length; i++)
        {
            (TrackedKind, string) key = (items[i].Kind, items[i].Name);
            if (!_watchers.TryGetValue(key, out List<(PlaneInstance, int)>? watchers))
            {
                watchers = [];
                _watchers.Add(key, watchers);
            }

            watchers.Add((instance, i));
            if (items[i].Kind == TrackedKind.Interface)
            {
                _ = WatchOf(items[i].Name, now);
            }

            if (_reports.TryGetValue(key, out TrackReport known))
            {
                Set(instance, i, known);
            }
        }
    }

    private void Unwatch(PlaneInstance instance)
    {
        foreach (TrackedItem item in instance.Watched)
        {
            _watchers[(item.Kind, item.Name)].RemoveAll(w => w.Instance == instance);
        }

        instance.Watched = [];
    }
}
