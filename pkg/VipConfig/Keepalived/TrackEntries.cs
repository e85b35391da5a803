// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>track_* blocks: names with an optional weight.</summary>
internal static class TrackEntries
{
    public static BlockTable<T> AddTracks<T>(this BlockTable<T> table, Func<T, TrackSettings> get, Func<T, TrackSettings, T> set)
    {
        return table
            .Take("track_interface", "track.interfaces", (v, e) => set(v, get(v) with { Interfaces = Read(e, get(v).Interfaces, 253) }), repeats: true)
            .Take("track_script", "track.scripts", (v, e) => set(v, get(v) with { Scripts = Read(e, get(v).Scripts, 253) }), repeats: true)
            .Take("track_file", "track.files", (v, e) => set(v, get(v) with { Files = Read(e, get(v).Files, 254) }), repeats: true)
            .Take("track_process", "track.processes", (v, e) => set(v, get(v) with { Processes = Read(e, get(v).Processes, 254) }), repeats: true)
            .Take("track_bfd", "track.bfdPeers", (v, e) => set(v, get(v) with { BfdPeers = Read(e, get(v).BfdPeers, 253) }), repeats: true);
    }

    /// <summary>The number after <c>weight</c>, and whether reverse follows it.</summary>
    public static (int Weight, bool? Reverse) Weight(Entry entry, int index, int most, int otherwise)
    {
        int weight = entry.Number(-most, most, otherwise, index);
        bool? reverse = index + 1 < entry.Words.Count ? entry.Words[index + 1] switch
        {
            "reverse" => true,
            "noreverse" or "no_reverse" => false,
            _ => null,
        } : null;
        if (reverse is null && index + 1 < entry.Words.Count)
            entry.Refuse($"has \"{entry.Words[index + 1]}\" after the weight: only reverse or noreverse can stand there");
        return (weight, reverse);
    }

    private static ValueList<TrackReference> Read(Entry entry, ValueList<TrackReference> before, int most)
    {
        List<TrackReference> references = [.. before];
        foreach (Statement statement in entry.Block())
        {
            Entry line = entry.At(statement, references.Count);
            entry.Problems.Locate(line.Path, statement.At);
            TrackReference reference = new() { Name = line.Keyword };
            if (line.Words.Count > 0 && line.Words[0] == "weight")
            {
                (int weight, bool? reverse) = Weight(line, 1, most, 0);
                reference = reference with { Weight = weight, Reverse = reverse };
            }
            else if (line.Words.Count > 0)
                line.Refuse($"is followed by \"{line.Words[0]}\": only weight and its number can stand there; give each name a line of its own");
            references.Add(reference);
        }

        return [.. references];
    }
}
