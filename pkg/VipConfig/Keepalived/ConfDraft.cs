// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>A configuration while its file is read, with what only keepalived.conf has.</summary>
internal sealed class ConfDraft
{
    public VipConfiguration Configuration { get; set; } = new();
    public InstanceDefaults Defaults { get; private set; } = new();
    public Dictionary<string, ValueList<VirtualEndpoint>> ServerGroups { get; } = new(StringComparer.Ordinal);

    /// <summary>Changes the global settings.</summary>
    public ConfDraft Set(Func<GlobalSettings, GlobalSettings> change)
    {
        Configuration = Configuration with { Global = change(Configuration.Global) };
        return this;
    }

    public ConfDraft Default(Func<InstanceDefaults, InstanceDefaults> change)
    {
        Defaults = change(Defaults);
        return this;
    }

    public ConfDraft Announce(Func<AnnounceSettings, AnnounceSettings> change) => Default(d => d with { Announce = change(d.Announce) });

    /// <summary>Sets one of the two intervals for these interfaces.</summary>
    public ConfDraft Pace(ValueList<string> interfaces, TimeSpan? arp, TimeSpan? neighbor) => Set(global =>
    {
        List<AnnouncePacing> pacing = [.. global.Pacing];
        int index = pacing.FindIndex(p => p.Interfaces == interfaces);
        AnnouncePacing old = index < 0 ? new() { Interfaces = interfaces } : pacing[index];
        AnnouncePacing changed = old with { ArpInterval = arp ?? old.ArpInterval, NeighborInterval = neighbor ?? old.NeighborInterval };
        if (index < 0)
            pacing.Add(changed);
        else
            pacing[index] = changed;
        return global with { Pacing = [.. pacing] };
    });
}
