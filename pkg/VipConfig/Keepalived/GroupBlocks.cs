// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>vrrp_sync_group, garp_group and interface_up_down_delays.</summary>
internal static class GroupBlocks
{
    public static readonly BlockTable<SyncGroup> Sync = new BlockTable<SyncGroup>("vrrp_sync_group")
        .Take("group", "members", (g, e) => g with { Members = Names(e, g.Members) }, repeats: true)
        .Take("sync_group_tracking_weight", "trackingWeights", (g, _) => g with { TrackingWeights = true })
        .Take("global_tracking", "trackingWeights", (g, _) => g with { TrackingWeights = true })
        .AddTracks(g => g.Track, (g, t) => g with { Track = t })
        .AddHooks(g => g.Notify, (g, n) => g with { Notify = n }, instance: false);

    public static readonly BlockTable<AnnouncePacing> Garp = new BlockTable<AnnouncePacing>("garp_group")
        .Take("garp_interval", "arpInterval", (p, e) => p with { ArpInterval = e.Seconds(4000, p.ArpInterval) })
        .Take("gna_interval", "neighborInterval", (p, e) => p with { NeighborInterval = e.Seconds(4000, p.NeighborInterval) })
        .Take("interface", "interfaces", (p, e) => p with { Interfaces = p.Interfaces.With(e.Text()) })
        .Take("interfaces", "interfaces", (p, e) => p with { Interfaces = Names(e, p.Interfaces) });

    /// <summary>Names, one a line or several.</summary>
    public static ValueList<string> Names(Entry entry, ValueList<string> before)
    {
        List<string> names = [.. before];
        foreach (Statement statement in entry.Block())
        {
            entry.Problems.Locate($"{entry.Path}[{names.Count}]", statement.At);
            names.Add(statement.Keyword);
            names.AddRange(statement.Words);
        }

        return [.. names];
    }

    public static ValueList<InterfaceDelay> Delays(Entry entry, ValueList<InterfaceDelay> before)
    {
        List<InterfaceDelay> delays = [.. before];
        foreach (Statement statement in entry.Block())
        {
            Entry line = entry.At(statement, delays.Count);
            entry.Problems.Locate(line.Path, statement.At);
            TimeSpan down = line.Seconds(255, default);
            delays.Add(new() { Interface = line.Keyword, Down = down, Up = line.Words.Count > 1 ? line.Seconds(255, down, 1) : down });
        }

        return [.. delays];
    }
}
