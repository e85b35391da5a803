// SPDX-License-Identifier: Apache-2.0
using static LoadBalancer.VipConfig.Yaml.Words;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>Keys of what is tracked by name.</summary>
internal static class TrackedSchemas
{
    private static readonly Codec<int> Weight = Number(-254, 254);

    private static readonly Codec<int> Tries = Number(1, 1_000_000);

    public static readonly Schema<TrackedScript> Script = new Schema<TrackedScript>(new(), "a script")
        .Add("command", Texts, s => s.Command, (s, v) => s with { Command = v })
        .Add("interval", Duration, s => s.Interval, (s, v) => s with { Interval = v })
        .Add("timeout", Duration, s => s.Timeout, (s, v) => s with { Timeout = v })
        .Add("weight", Weight, s => s.Weight, (s, v) => s with { Weight = v })
        .Add("reverse", Flag, s => s.Reverse, (s, v) => s with { Reverse = v })
        .Add("rise", Tries, s => s.Rise, (s, v) => s with { Rise = v })
        .Add("fall", Tries, s => s.Fall, (s, v) => s with { Fall = v })
        .Add("user", Text, s => s.User, (s, v) => s with { User = v })
        .Add("group", Text, s => s.Group, (s, v) => s with { Group = v })
        .Add("initiallyDown", Flag, s => s.InitiallyDown, (s, v) => s with { InitiallyDown = v });

    public static readonly Schema<TrackedProcess> Process = new Schema<TrackedProcess>(new(), "a process")
        .Add("command", Texts, p => p.Command, (p, v) => p with { Command = v })
        .Add("match", Member<ArgumentMatch>(), p => p.Match, (p, v) => p with { Match = v })
        .Add("fullCommand", Flag, p => p.FullCommand, (p, v) => p with { FullCommand = v })
        .Add("weight", Weight, p => p.Weight, (p, v) => p with { Weight = v })
        .Add("reverse", Flag, p => p.Reverse, (p, v) => p with { Reverse = v })
        .Add("quorum", Number(1, 65535), p => p.Quorum, (p, v) => p with { Quorum = v })
        .Add("quorumMax", Optional(Number(0, 65535)), p => p.QuorumMax, (p, v) => p with { QuorumMax = v })
        .Add("upDelay", Duration, p => p.UpDelay, (p, v) => p with { UpDelay = v })
        .Add("downDelay", Duration, p => p.DownDelay, (p, v) => p with { DownDelay = v });

    public static readonly Schema<TrackedFile> File = new Schema<TrackedFile>(new(), "a file")
        .Add("path", Text, f => f.Path, (f, v) => f with { Path = v })
        .Add("weight", Number(int.MinValue + 1, int.MaxValue), f => f.Weight, (f, v) => f with { Weight = v })
        .Add("reverse", Flag, f => f.Reverse, (f, v) => f with { Reverse = v })
        .Add("initialValue", Optional(Number(int.MinValue, int.MaxValue)), f => f.InitialValue, (f, v) => f with { InitialValue = v })
        .Add("overwrite", Flag, f => f.Overwrite, (f, v) => f with { Overwrite = v });

    public static readonly Schema<TrackedRoute> Route = new Schema<TrackedRoute>(new(), "a tracked route")
        .Add("destination", Optional(Prefix), r => r.Destination, (r, v) => r with { Destination = v })
        .Add("via", Optional(Address), r => r.Via, (r, v) => r with { Via = v })
        .Add("device", Text, r => r.Device, (r, v) => r with { Device = v })
        .Add("table", Text, r => r.Table, (r, v) => r with { Table = v })
        .Add("weight", Weight, r => r.Weight, (r, v) => r with { Weight = v })
        .Add("reverse", Flag, r => r.Reverse, (r, v) => r with { Reverse = v });

    public static readonly Schema<TrackedService> Service = new Schema<TrackedService>(new(), "a service")
        .Add("check", ForwardingSchemas.Check, s => s.Check, (s, v) => s with { Check = v })
        .Add("weight", Weight, s => s.Weight, (s, v) => s with { Weight = v })
        .Add("reverse", Flag, s => s.Reverse, (s, v) => s with { Reverse = v });

    public static readonly Schema<BfdPeer> Bfd = new Schema<BfdPeer>(new(), "a BFD peer")
        .Add("neighbor", Optional(Address), b => b.Neighbor, (b, v) => b with { Neighbor = v }, restarts: true)
        .Add("source", Optional(Address), b => b.Source, (b, v) => b with { Source = v }, restarts: true)
        .Add("receiveInterval", Duration, b => b.ReceiveInterval, (b, v) => b with { ReceiveInterval = v })
        .Add("transmitInterval", Duration, b => b.TransmitInterval, (b, v) => b with { TransmitInterval = v })
        .Add("idleInterval", Duration, b => b.IdleInterval, (b, v) => b with { IdleInterval = v })
        .Add("multiplier", Number(1, 255), b => b.Multiplier, (b, v) => b with { Multiplier = v })
        .Add("passive", Flag, b => b.Passive, (b, v) => b with { Passive = v }, restarts: true)
        .Add("multiHop", Flag, b => b.MultiHop, (b, v) => b with { MultiHop = v }, restarts: true)
        .Add("maxHops", Number(0, 255), b => b.MaxHops, (b, v) => b with { MaxHops = v })
        .Add("weight", Weight, b => b.Weight, (b, v) => b with { Weight = v })
        .Add("reverse", Flag, b => b.Reverse, (b, v) => b with { Reverse = v });
}
