// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Judging;

/// <summary>What must hold for tracked objects and for those that name them.</summary>
internal static class TrackRules
{
    private static readonly TimeSpan LeastBfd = TimeSpan.FromMilliseconds(1);

    /// <summary>Names that lead nowhere, and weights where none can count.</summary>
    public static void References(TrackSettings track, VipConfiguration configuration, Judge judge, bool owner, bool weightless)
    {
        Dictionary<string, int> none = [];
        Check(track.Interfaces, "track.interfaces", null, none, 253);
        Check(track.Scripts, "track.scripts", "script", Names(configuration.Scripts, static s => s.Name, static s => s.Weight), 253);
        Check(track.Processes, "track.processes", "process", Names(configuration.Processes, static p => p.Name, static p => p.Weight), 254);
        Check(track.Files, "track.files", "file", Names(configuration.Files, static f => f.Name, static f => f.Weight), 254);
        Check(track.Routes, "track.routes", "route", Names(configuration.Routes, static r => r.Name, static r => r.Weight), 254);
        Check(track.Services, "track.services", "service", Names(configuration.Services, static s => s.Name, static s => s.Weight), 254);
        Check(track.BfdPeers, "track.bfdPeers", "BFD peer", Names(configuration.BfdPeers, static b => b.Name, static b => b.Weight), 253);

        void Check(ValueList<TrackReference> references, string field, string? noun, Dictionary<string, int> known, int most)
        {
            HashSet<string> seen = new(StringComparer.Ordinal);
            for (int i = 0; i < references.Count; i++)
            {
                TrackReference reference = references[i];
                Judge place = judge.At(field, i);
                int own = 0;
                if (noun is null)
                    place.Interface(reference.Name, "name");
                else if (!known.TryGetValue(reference.Name, out own))
                    place.Refuse("", $"is \"{reference.Name}\", and there is no such {noun}{NearestWord.Hint(reference.Name, known.Keys)}: define it or remove the name");
                place.RefuseIf(reference.Name.Length == 0, "name", "is missing: say what is tracked");
                place.RefuseIf(!seen.Add(reference.Name), "name", $"is \"{reference.Name}\", which is there twice: remove one");
                int weight = reference.Weight ?? own;
                place.RefuseIf(Math.Abs((long)weight) > most && field != "track.files", "weight", $"is {weight}: use -{most} to {most}");
                place.RefuseIf(owner && weight != 0, "weight", "is not 0, and the priority of the address owner (255) cannot change: set the weight to 0, or lower the priority");
                place.WarnIf(weightless && weight != 0 && !owner, "weight",
                    "does not count in a sync group, where \"down\" is then a fault: track it in the group, or set its trackingWeights");
            }
        }
    }

    public static void Objects(VipConfiguration configuration, ProblemList problems)
    {
        foreach (TrackedScript script in configuration.Scripts)
        {
            Judge judge = new(problems, $"scripts.{script.Name}");
            judge.RefuseIf(script.Command.Count == 0, "command", "is missing: give the program and its arguments");
            HookRules.Program(script.Command, "command", judge);
            judge.RefuseIf(script.Interval <= TimeSpan.Zero, "interval", "is zero: give the time between two runs, such as 1s");
        }

        foreach (TrackedProcess process in configuration.Processes)
        {
            Judge judge = new(problems, $"processes.{process.Name}");
            judge.RefuseIf(process.Command.Count == 0, "command", "is missing: give the process's name");
            judge.RefuseIf(process.QuorumMax < process.Quorum && process.QuorumMax != 0, "quorumMax",
                $"is {process.QuorumMax} and below quorum {process.Quorum}, so it is never up: swap them");
        }

        foreach (TrackedFile file in configuration.Files)
        {
            Judge judge = new(problems, $"files.{file.Name}");
            judge.RefuseIf(!file.Path.StartsWith('/'), "path", file.Path.Length == 0 ? "is missing: give the whole path" : $"is \"{file.Path}\": give the whole path");
            judge.WarnIf(file.Overwrite && file.InitialValue is null, "overwrite", "is without effect without initialValue: give one or remove it");
        }

        foreach (TrackedRoute route in configuration.Routes)
        {
            Judge judge = new(problems, $"routes.{route.Name}");
            judge.RefuseIf(route.Destination is null, "destination", "is missing: give a network, or 0.0.0.0/0 for the default route");
            judge.Interface(route.Device, "device");
            if (route.Destination is { } destination)
                judge.Family(route.Via, destination.Family, "via");
        }

        foreach (TrackedService service in configuration.Services)
        {
            Judge judge = new(problems, $"services.{service.Name}");
            judge.RefuseIf(service.Check.ConnectPort == 0 && ServerRules.NeedsPort(service.Check.Kind), "check.connectPort", "is missing: give the port the service listens on");
            ServerRules.Check(service.Check, new(problems, $"services.{service.Name}.check"), configuration);
        }

        foreach (BfdPeer peer in configuration.BfdPeers)
        {
            Judge judge = new(problems, $"bfdPeers.{peer.Name}");
            judge.RefuseIf(peer.Neighbor is null, "neighbor", "is missing: give the peer's address");
            if (peer.Neighbor is { } neighbor)
                judge.Family(peer.Source, neighbor.Family, "source");
            judge.RefuseIf(peer.ReceiveInterval < LeastBfd, "receiveInterval", $"is {DurationText.Write(peer.ReceiveInterval)}: use 1ms or more");
            judge.RefuseIf(peer.TransmitInterval < LeastBfd, "transmitInterval", $"is {DurationText.Write(peer.TransmitInterval)}: use 1ms or more");
            judge.WarnIf(peer.IdleInterval < TimeSpan.FromSeconds(1), "idleInterval", "is below 1s, which RFC 5880 6.8.3 asks of a session that is not up: raise it");
        }
    }

    private static Dictionary<string, int> Names<T>(ValueList<T> items, Func<T, string> name, Func<T, int> weight)
    {
        Dictionary<string, int> names = new(items.Count, StringComparer.Ordinal);
        foreach (T item in items)
            names[name(item)] = weight(item);
        return names;
    }
}
