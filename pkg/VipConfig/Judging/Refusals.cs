// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Judging;

/// <summary>
/// Takes out of a configuration what has errors and what depends on it, so that one mistake stops one object and not the node.
/// </summary>
internal sealed class Refusals
{
    private const string Instances = "instances", SyncGroups = "syncGroups", Services = "services", VirtualServers = "virtualServers";

    private static readonly string[] Parts = [Instances, SyncGroups, "scripts", "processes", "files", "routes", Services, "bfdPeers", VirtualServers];

    private readonly VipConfiguration _configuration;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    // By the path of the object: why.
    private readonly SortedDictionary<string, string> _out = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fields = new(StringComparer.Ordinal);
    private bool _isOfNoObject;

    private Refusals(VipConfiguration configuration) => _configuration = configuration;

    public static SoundPart Of(VipConfiguration configuration, IReadOnlyList<ConfigProblem> problems)
    {
        Refusals refusals = new(configuration);
        bool any = false;
        foreach (ConfigProblem problem in problems)
        {
            if (problem.Kind != ProblemKind.Error)
                continue;
            if (!any)
                refusals.Know();
            any = true;
            refusals.Take(problem.Path);
        }

        return any ? refusals.Part() : new(configuration, [], MayRun: true);
    }

    private void Know()
    {
        Add(_configuration.Instances, Instances, static i => i.Name);
        Add(_configuration.SyncGroups, SyncGroups, static g => g.Name);
        Add(_configuration.Scripts, "scripts", static s => s.Name);
        Add(_configuration.Processes, "processes", static p => p.Name);
        Add(_configuration.Files, "files", static f => f.Name);
        Add(_configuration.Routes, "routes", static r => r.Name);
        Add(_configuration.Services, Services, static s => s.Name);
        Add(_configuration.BfdPeers, "bfdPeers", static b => b.Name);
        Add(_configuration.VirtualServers, VirtualServers, static s => s.Name);

        void Add<T>(ValueList<T> items, string part, Func<T, string> name)
        {
            foreach (T item in items)
                _known.Add($"{part}.{name(item)}");
        }
    }

    // Names may hold dots: the longest that is known is meant.
    private void Take(string path)
    {
        for (string place = path; place.Length > 0; place = place[..Math.Max(0, place.LastIndexOfAny(['.', '[']))])
        {
            _fields.Add(place);
            if (_known.Contains(place))
            {
                _out.TryAdd(place, "has errors");
                return;
            }
        }

        // What could not even be read is not there to be taken out.
        int dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && Array.IndexOf(Parts, path[..dot]) >= 0)
            _out.TryAdd(path, "cannot be read");
        else
            _isOfNoObject = true;
    }

    private SoundPart Part()
    {
        while (Spread())
        {
            // What depends on what was left out just now may have others that depend on it.
        }

        VipConfiguration rest = _configuration with
        {
            Instances = _configuration.Instances.Keep(i => Stays(Instances, i.Name)),
            SyncGroups = _configuration.SyncGroups.Keep(g => Stays(SyncGroups, g.Name)),
            Scripts = _configuration.Scripts.Keep(s => Stays("scripts", s.Name)),
            Processes = _configuration.Processes.Keep(p => Stays("processes", p.Name)),
            Files = _configuration.Files.Keep(f => Stays("files", f.Name)),
            Routes = _configuration.Routes.Keep(r => Stays("routes", r.Name)),
            Services = _configuration.Services.Keep(s => Stays(Services, s.Name)),
            BfdPeers = _configuration.BfdPeers.Keep(b => Stays("bfdPeers", b.Name)),
            VirtualServers = _configuration.VirtualServers.Keep(s => Stays(VirtualServers, s.Name)),
            StaticAddresses = Indexed(_configuration.StaticAddresses, "staticAddresses"),
            StaticRoutes = Indexed(_configuration.StaticRoutes, "staticRoutes"),
            StaticRules = Indexed(_configuration.StaticRules, "staticRules"),
            Notify = Indexed(_configuration.Notify, "notify"),
        };
        List<LeftOut> left = [];
        bool anInstance = false;
        foreach ((string path, string why) in _out)
        {
            left.Add(new(path, why));
            anInstance |= path.StartsWith($"{Instances}.", StringComparison.Ordinal);
        }

        bool any = rest.Instances.Count > 0 || (!anInstance && rest.VirtualServers.Count + rest.StaticAddresses.Count + rest.StaticRoutes.Count + rest.StaticRules.Count > 0);
        return new(rest, [.. left], !_isOfNoObject && any);
    }

    private bool Stays(string part, string name) => !_out.ContainsKey($"{part}.{name}");

    /// <summary>Leaves out what depends on what is left out; false when nothing does any more.</summary>
    private bool Spread()
    {
        int before = _out.Count;
        foreach (TrackedService service in _configuration.Services)
            LeaveWith($"{Services}.{service.Name}", Named(service.Check));
        foreach (VirtualServer server in _configuration.VirtualServers)
        {
            foreach (RealServer real in server.Servers)
                foreach (HealthCheck check in real.Checks)
                    LeaveWith($"{VirtualServers}.{server.Name}", Named(check));
            foreach (HealthCheck check in server.SorryServer?.Checks ?? [])
                LeaveWith($"{VirtualServers}.{server.Name}", Named(check));
        }

        foreach (VipInstance instance in _configuration.Instances)
            Follow($"{Instances}.{instance.Name}", instance.Track);
        // Half a sync group is worse than none: its members would be on different nodes. So a group goes with any of its members, and they with it.
        foreach (SyncGroup group in _configuration.SyncGroups)
        {
            string path = $"{SyncGroups}.{group.Name}";
            Follow(path, group.Track);
            foreach (string member in group.Members)
                if (_out.ContainsKey($"{Instances}.{member}"))
                    _out.TryAdd(path, $"has the member {member}, which is left out");
            if (!_out.ContainsKey(path))
                continue;
            foreach (string member in group.Members)
                if (_known.Contains($"{Instances}.{member}"))
                    _out.TryAdd($"{Instances}.{member}", $"is in sync group {group.Name}, which is left out");
        }

        return _out.Count > before;
    }

    // What is to be watched and cannot be: it might hold an address where the service behind it is dead.
    private void Follow(string path, TrackSettings track)
    {
        Each(track.Scripts, "scripts");
        Each(track.Processes, "processes");
        Each(track.Files, "files");
        Each(track.Routes, "routes");
        Each(track.Services, Services);
        Each(track.BfdPeers, "bfdPeers");

        void Each(ValueList<TrackReference> references, string part)
        {
            foreach (TrackReference reference in references)
                LeaveWith(path, $"{part}.{reference.Name}");
        }
    }

    private void LeaveWith(string path, string needed)
    {
        if (_out.ContainsKey(needed))
            _out.TryAdd(path, $"depends on {needed}, which is left out");
    }

    private static string Named(HealthCheck check) => check.Kind switch
    {
        CheckKind.File => $"files.{check.Name}",
        CheckKind.Bfd => $"bfdPeers.{check.Name}",
        CheckKind.Tcp or CheckKind.Http or CheckKind.Https or CheckKind.Script or CheckKind.Udp or CheckKind.Dns or CheckKind.Ping or CheckKind.Smtp => "",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private ValueList<T> Indexed<T>(ValueList<T> items, string field)
    {
        List<T> kept = [];
        for (int i = 0; i < items.Count; i++)
            if (!_fields.Contains($"{field}[{i}]"))
                kept.Add(items[i]);
        return [.. kept];
    }
}
