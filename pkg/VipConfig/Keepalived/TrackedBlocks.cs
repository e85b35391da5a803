// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>vrrp_script, vrrp_track_process, track_file and bfd_instance.</summary>
internal static class TrackedBlocks
{
    private const int Day = 86_400;

    public static readonly BlockTable<TrackedScript> Script = new BlockTable<TrackedScript>("vrrp_script")
        .Take("script", "command", (s, e) => s with { Command = Lexer.Command(e.Words.Count > 1 ? e.AllWords() : e.Text()) })
        .Take("interval", "interval", (s, e) => s with { Interval = e.Seconds(Day, s.Interval) })
        .Take("timeout", "timeout", (s, e) => s with { Timeout = e.Seconds(Day, s.Timeout) })
        .Take("weight", "weight", (s, e) => TrackEntries.Weight(e, 0, 253, s.Weight) is var (w, r) ? s with { Weight = w, Reverse = r ?? false } : s)
        .Take("rise", "rise", (s, e) => s with { Rise = e.Number(1, 1_000_000, s.Rise) })
        .Take("fall", "fall", (s, e) => s with { Fall = e.Number(1, 1_000_000, s.Fall) })
        .Take("user", "user", (s, e) => e.Account(0) is var (u, g) ? s with { User = u, Group = g } : s)
        .Take("init_fail", "initiallyDown", (s, _) => s with { InitiallyDown = true });

    public static readonly BlockTable<TrackedProcess> Process = new BlockTable<TrackedProcess>("vrrp_track_process")
        .Take("process", "command", (p, e) => p with { Command = e.Text().Length > 0 ? [.. e.Words] : [] })
        .Take("param_match", "match", (p, e) => p with { Match = Match(e) })
        .Take("weight", "weight", (p, e) => TrackEntries.Weight(e, 0, 254, p.Weight) is var (w, r) ? p with { Weight = w, Reverse = r ?? false } : p)
        .Take("quorum", "quorum", (p, e) => p with { Quorum = e.Number(1, 65535, p.Quorum) })
        .Take("quorum_max", "quorumMax", (p, e) => p with { QuorumMax = e.Number(0, 65535, 65535) })
        .Take("fork_delay", "upDelay", (p, e) => p with { UpDelay = e.Seconds(3600, p.UpDelay) })
        .Take("terminate_delay", "downDelay", (p, e) => p with { DownDelay = e.Seconds(3600, p.DownDelay) })
        .Take("delay", "upDelay", (p, e) => p with { UpDelay = e.Seconds(3600, p.UpDelay), DownDelay = e.Seconds(3600, p.DownDelay) })
        .Take("full_command", "fullCommand", (p, _) => p with { FullCommand = true });

    public static readonly BlockTable<TrackedFile> File = new BlockTable<TrackedFile>("track_file")
        .Take("file", "path", (f, e) => f with { Path = e.Text() })
        .Take("weight", "weight", (f, e) => TrackEntries.Weight(e, 0, int.MaxValue, f.Weight) is var (w, r) ? f with { Weight = w, Reverse = r ?? false } : f)
        .Take("init_file", "initialValue", (f, e) => Initial(f, e));

    public static readonly BlockTable<BfdPeer> Bfd = new BlockTable<BfdPeer>("bfd_instance")
        .Take("neighbor_ip", "neighbor", (b, e) => b with { Neighbor = e.Address() })
        .Take("neighbour_ip", "neighbor", (b, e) => b with { Neighbor = e.Address() })
        .Take("source_ip", "source", (b, e) => b with { Source = e.Address() })
        .Take("min_rx", "receiveInterval", (b, e) => b with { ReceiveInterval = Milliseconds(e, b.ReceiveInterval) })
        .Take("min_tx", "transmitInterval", (b, e) => b with { TransmitInterval = Milliseconds(e, b.TransmitInterval) })
        .Take("idle_tx", "idleInterval", (b, e) => b with { IdleInterval = Milliseconds(e, b.IdleInterval) })
        .Take("multiplier", "multiplier", (b, e) => b with { Multiplier = e.Number(1, 255, b.Multiplier) })
        .Take("passive", "passive", (b, _) => b with { Passive = true })
        .Take("multihop", "multiHop", (b, _) => b with { MultiHop = true })
        .Take("max_hops", "maxHops", (b, e) => b with { MaxHops = e.Number(0, 255, b.MaxHops) })
        .Take("weight", "weight", (b, e) => TrackEntries.Weight(e, 0, 253, b.Weight) is var (w, r) ? b with { Weight = w, Reverse = r ?? false } : b)
        .Leave("is left out: single-hop BFD is sent with 255, as RFC 5881 5 demands, and so are replies expected", "ttl", "hoplimit")
        .Leave("is left out: whoever names the BFD peer is told of it", "vrrp", "checker");

    private static TimeSpan Milliseconds(Entry entry, TimeSpan otherwise) => entry.Time(TimeSpan.FromMilliseconds(1), 4_000_000, otherwise);

    private static ArgumentMatch Match(Entry entry)
    {
        switch (entry.Text())
        {
            case "partial":
                return ArgumentMatch.Partial;
            case "initial":
                return ArgumentMatch.Initial;
            case "":
                return ArgumentMatch.Exact;
            default:
                entry.Refuse($"is \"{entry.Words[0]}\": use partial or initial");
                return ArgumentMatch.Exact;
        }
    }

    private static TrackedFile Initial(TrackedFile file, Entry entry)
    {
        file = file with { InitialValue = file.InitialValue ?? 0 };
        for (int i = 0; i < entry.Words.Count; i++)
            file = entry.Words[i] == "overwrite" ? file with { Overwrite = true } : file with { InitialValue = entry.Number(int.MinValue, int.MaxValue, 0, i) };
        return file;
    }
}
