// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Tracking;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Plane;

/// <summary>One thing an instance watches, with what it means for it.</summary>
internal readonly record struct TrackedItem(TrackedKind Kind, string Name, TrackWeight Weight)
{
    /// <summary>Everything an instance watches, for itself and through its sync group.</summary>
    public static ValueList<TrackedItem> Of(VipInstance instance, SyncGroup? group, VipConfiguration configuration)
    {
        List<TrackedItem> items = [];
        Collect(instance.Track, configuration, weightless: group is { TrackingWeights: false }, items);
        if (group is not null)
        {
            Collect(group.Track, configuration, weightless: !group.TrackingWeights, items);
        }

        return [.. items];
    }

    private static void Collect(TrackSettings track, VipConfiguration configuration, bool weightless, List<TrackedItem> items)
    {
        void Add(TrackedKind kind, ValueList<TrackReference> references, Func<string, (int Weight, bool Reverse)> own)
        {
            foreach (TrackReference reference in references)
            {
                (int weight, bool reverse) = own(reference.Name);
                weight = weightless ? 0 : reference.Weight ?? weight;
                items.Add(new(kind, reference.Name, new TrackWeight((short)weight, reference.Reverse ?? reverse)));
            }
        }

        Add(TrackedKind.Interface, track.Interfaces, static _ => (0, false));
        Add(TrackedKind.Script, track.Scripts, name => Find(configuration.Scripts, s => s.Name == name) is { } found ? (found.Weight, found.Reverse) : (0, false));
        Add(TrackedKind.Process, track.Processes, name => Find(configuration.Processes, p => p.Name == name) is { } found ? (found.Weight, found.Reverse) : (0, false));
        Add(TrackedKind.File, track.Files, name => Find(configuration.Files, f => f.Name == name) is { } found ? (found.Weight, found.Reverse) : (0, false));
        Add(TrackedKind.Route, track.Routes, name => Find(configuration.Routes, r => r.Name == name) is { } found ? (found.Weight, found.Reverse) : (0, false));
        Add(TrackedKind.Service, track.Services, name => Find(configuration.Services, s => s.Name == name) is { } found ? (found.Weight, found.Reverse) : (0, false));
        Add(TrackedKind.BfdPeer, track.BfdPeers, name => Find(configuration.BfdPeers, b => b.Name == name) is { } found ? (found.Weight, found.Reverse) : (0, false));
    }

    private static T? Find<T>(ValueList<T> items, Predicate<T> fits)
        where T : class
    {
        foreach (T item in items)
        {
            if (fits(item))
            {
                return item;
            }
        }

        return null;
    }
}
