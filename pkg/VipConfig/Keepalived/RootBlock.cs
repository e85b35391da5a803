// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>The blocks of a file, the global ones first because others take defaults from them.</summary>
internal static class RootBlock
{
    private static readonly BlockTable<ConfDraft> First = new BlockTable<ConfDraft>("the file")
        .Take("global_defs", "global", (d, e) => GlobalBlock.Table.Read(e.Block(), d, "global", e.Problems), repeats: true)
        .Take("garp_group", "global.pacing", Pacing, repeats: true)
        .Take("interface_up_down_delays", "global.interfaceDelays", (d, e) => d.Set(g => g with { InterfaceDelays = GroupBlocks.Delays(e, g.InterfaceDelays) }), repeats: true)
        .Take("virtual_server_group", "virtualServers", ServerGroup, repeats: true);

    private static readonly BlockTable<ConfDraft> Then = new BlockTable<ConfDraft>("keepalived.conf, or not outside of a block")
        .Take("vrrp_instance", "instances", Instance, repeats: true)
        .Take("vrrp_sync_group", "syncGroups", (d, e) => d.Add(e, d.Configuration.SyncGroups, g => g.Name, n => new() { Name = n }, GroupBlocks.Sync, (c, l) => c with { SyncGroups = l }), repeats: true)
        .Take("vrrp_script", "scripts", (d, e) => d.Add(e, d.Configuration.Scripts, s => s.Name, n => new() { Name = n }, TrackedBlocks.Script, (c, l) => c with { Scripts = l }), repeats: true)
        .Take("vrrp_track_process", "processes", (d, e) => d.Add(e, d.Configuration.Processes, p => p.Name, n => new() { Name = n }, TrackedBlocks.Process, (c, l) => c with { Processes = l }), repeats: true)
        .Take("vrrp_track_file", "files", (d, e) => d.Add(e, d.Configuration.Files, f => f.Name, n => new() { Name = n }, TrackedBlocks.File, (c, l) => c with { Files = l }), repeats: true)
        .Take("track_file", "files", (d, e) => d.Add(e, d.Configuration.Files, f => f.Name, n => new() { Name = n }, TrackedBlocks.File, (c, l) => c with { Files = l }), repeats: true)
        .Take("bfd_instance", "bfdPeers", (d, e) => d.Add(e, d.Configuration.BfdPeers, b => b.Name, n => new() { Name = n }, TrackedBlocks.Bfd, (c, l) => c with { BfdPeers = l }), repeats: true)
        .Take("static_ipaddress", "staticAddresses", (d, e) => d.Change(c => c with { StaticAddresses = InstanceFinish.WithDevice(AddressEntries.Read(e, c.StaticAddresses), d.Defaults.Interface) }), repeats: true)
        .Take("static_routes", "staticRoutes", (d, e) => d.Change(c => c with { StaticRoutes = RouteEntries.Read(e, c.StaticRoutes) }), repeats: true)
        .Take("static_rules", "staticRules", (d, e) => d.Change(c => c with { StaticRules = RuleEntries.Read(e, c.StaticRules) }), repeats: true)
        .Take("virtual_server", "virtualServers", Server, repeats: true)
        .Leave("is left out: a static address that was removed is put back, and no instance fails for it", "track_group")
        .Leave("is left out: link state comes from the kernel's messages, nothing is polled", "linkbeat_interfaces", "linkbeat_use_polling")
        .Leave("is left out: start vipd within the namespace (ip netns exec, or NetworkNamespacePath of its unit)", "net_namespace", "net_namespace_ipvs", "namespace_with_ipsets")
        .Leave("is left out: vipd keeps no pid files; run one service per configuration file", "use_pid_dir", "instance", "child_wait_time")
        .Leave("is left out: certificates of checked servers are not verified, and none is shown to them", "SSL");

    public static VipConfiguration Read(List<Statement> statements, ProblemList problems)
    {
        HashSet<string> global = [.. First.Keywords];
        ConfDraft draft = new();
        draft = First.Read(statements.FindAll(s => global.Contains(s.Keyword)), draft, "", problems);
        draft = Then.Read(statements.FindAll(s => !global.Contains(s.Keyword)), draft, "", problems);
        return draft.Configuration;
    }

    /// <summary>Adds a named object; a name that was there before is an error, and the first one stays.</summary>
    private static ConfDraft Add<T>(
        this ConfDraft draft,
        Entry entry,
        ValueList<T> before,
        Func<T, string> nameOf,
        Func<string, T> create,
        BlockTable<T> table,
        Func<VipConfiguration, ValueList<T>, VipConfiguration> set)
    {
        if (!TryName(entry, before, nameOf, out string name, out string path))
            return draft;
        T read = table.Read(entry.Block(), create(name), path, entry.Problems);
        return draft.Change(c => set(c, before.With(read)));
    }

    private static ConfDraft Instance(ConfDraft draft, Entry entry)
    {
        if (!TryName(entry, draft.Configuration.Instances, static i => i.Name, out string name, out string path))
            return draft;
        InstanceDraft start = new() { Instance = new() { Name = name, Priority = 0 } };
        InstanceDraft read = InstanceBlock.Table.Read(entry.Block(), start, path, entry.Problems);
        VipInstance instance = InstanceFinish.Finish(read, draft.Defaults, new(entry.Statement, path, entry.Problems));
        return draft.Change(c => c with { Instances = c.Instances.With(instance) });
    }

    private static bool TryName<T>(Entry entry, ValueList<T> before, Func<T, string> nameOf, out string name, out string path)
    {
        name = entry.Text();
        path = $"{entry.Path}.{name}";
        if (!ObjectName.IsValid(name))
        {
            if (entry.Words.Count > 0)
                entry.Refuse($"has a name that is empty, has blanks or is too long: {ObjectName.Rule}");
            return false;
        }

        foreach (T item in before)
            if (nameOf(item) == name)
            {
                // Of two with one name nobody knows which is meant: neither is in force.
                new Entry(entry.Statement, path, entry.Problems).Refuse($"{name} is there already: rename or remove this one");
                return false;
            }

        if (entry.Words.Count > 1)
            entry.Warn($"{name} is followed by more words, which mean nothing: remove them");
        entry.Problems.Locate(path, entry.Statement.At);
        return true;
    }

    private static ConfDraft Pacing(ConfDraft draft, Entry entry)
    {
        AnnouncePacing pacing = GroupBlocks.Garp.Read(entry.Block(), new(), $"{entry.Path}[{draft.Configuration.Global.Pacing.Count}]", entry.Problems);
        return draft.Set(g => g with { Pacing = g.Pacing.With(pacing) });
    }

    private static ConfDraft ServerGroup(ConfDraft draft, Entry entry)
    {
        string name = entry.Text();
        if (!ObjectName.IsValid(name))
            entry.Refuse($"has a name that is empty, has blanks or is too long: {ObjectName.Rule}");
        else if (!draft.ServerGroups.TryAdd(name, ServerBlocks.Group(entry)))
            entry.Refuse($"{name} is there already: rename or remove this one");
        return draft;
    }

    private static ConfDraft Server(ConfDraft draft, Entry entry)
    {
        ValueList<VirtualEndpoint> endpoints = [];
        string name = entry.Text(), label = name;
        // What cannot be read is a server that is left out, and no mistake of the whole file.
        Entry unread = new(entry.Statement, $"{entry.Path}.{(name.Length == 0 ? "server" : string.Join('-', entry.Words))}", entry.Problems);
        switch (name)
        {
            case "group":
                label = entry.Text(1);
                if (!draft.ServerGroups.TryGetValue(label, out endpoints))
                    new Entry(entry.Statement, $"{entry.Path}.{label}", entry.Problems).Refuse($"names group {label}, and there is no such virtual_server_group{NearestWord.Hint(label, draft.ServerGroups.Keys)}: define it or correct the name");
                break;
            case "fwmark":
                unread.Refuse("selects by firewall mark, which is IPVS's: give the address and port the mark stands for, or a virtual_server_group of them");
                return draft;
            default:
                if (unread.Address() is not { } address)
                    return draft;
                int port = entry.Words.Count > 1 ? unread.Number(1, 65535, -1, 1) : 0;
                if (port < 0)
                    return draft;
                endpoints = [new VirtualEndpoint(address, address, port)];
                label = port == 0 ? $"{address}" : $"{address}-{port}";
                break;
        }

        label = Free(draft, ObjectName.IsValid(label) ? label : "server");
        string path = $"{entry.Path}.{label}";
        entry.Problems.Locate(path, entry.Statement.At);
        VirtualServer server = ServerBlocks.Read(new(entry.Statement, path, entry.Problems), label, endpoints);
        return draft.Change(c => c with { VirtualServers = c.VirtualServers.With(server) });
    }

    // keepalived's servers have no names; TCP and UDP on one address and port are two.
    private static string Free(ConfDraft draft, string wanted)
    {
        string name = wanted;
        for (int i = 2; Taken(name); i++)
            name = $"{wanted}-{i}";
        return name;

        bool Taken(string candidate)
        {
            foreach (VirtualServer server in draft.Configuration.VirtualServers)
                if (server.Name == candidate)
                    return true;
            return false;
        }
    }

    private static ConfDraft Change(this ConfDraft draft, Func<VipConfiguration, VipConfiguration> change)
    {
        draft.Configuration = change(draft.Configuration);
        return draft;
    }
}
