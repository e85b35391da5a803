// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig;

/// <summary>Everything vipd is configured with; immutable, compared by value, the same from whichever door it came.</summary>
public sealed record VipConfiguration
{
    public GlobalSettings Global { get; init; } = new();
    public ValueList<VipInstance> Instances { get; init; }
    public ValueList<SyncGroup> SyncGroups { get; init; }
    public ValueList<TrackedScript> Scripts { get; init; }
    public ValueList<TrackedProcess> Processes { get; init; }
    public ValueList<TrackedFile> Files { get; init; }
    public ValueList<TrackedRoute> Routes { get; init; }
    public ValueList<TrackedService> Services { get; init; }
    public ValueList<BfdPeer> BfdPeers { get; init; }
    public ValueList<VirtualServer> VirtualServers { get; init; }

    /// <summary>Addresses, routes and rules the node has at all times, whoever is master.</summary>
    public ValueList<VirtualAddress> StaticAddresses { get; init; }
    public ValueList<VirtualRoute> StaticRoutes { get; init; }
    public ValueList<VirtualRule> StaticRules { get; init; }

    /// <summary>Called for every instance and sync group, beside their own.</summary>
    public ValueList<NotifyHook> Notify { get; init; }
}

/// <summary>What holds for the process as a whole.</summary>
public sealed record GlobalSettings
{
    /// <summary>The name this node goes by in status and hooks; empty means the host's.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>SCHED_RR priority of the protocol thread, 1 to 99; 0 leaves it to the normal scheduler.</summary>
    public int RealtimePriority { get; init; }

    /// <summary>Nice value of the process, -20 to 19.</summary>
    public int Nice { get; init; }

    /// <summary>Whether memory is locked (mlockall), so that the protocol thread never waits for a page.</summary>
    public bool LockMemory { get; init; }

    /// <summary>Processors the protocol thread may run on; empty means all.</summary>
    public ValueList<int> Processors { get; init; }

    /// <summary>Who runs scripts and hooks that name nobody; empty means keepalived_script where it exists, else nobody.</summary>
    public string ScriptUser { get; init; } = "";
    public string ScriptGroup { get; init; } = "";

    /// <summary>Whether a script that somebody else than root can change is refused when it would run as root.</summary>
    public bool ScriptSecurity { get; init; } = true;

    /// <summary>How long after start no instance becomes master: until the switch port forwards.</summary>
    public TimeSpan StartupDelay { get; init; }
    public IpAddr? MulticastGroup4 { get; init; }
    public IpAddr? MulticastGroup6 { get; init; }

    /// <summary>Limits of gratuitous ARP and unsolicited NA for interfaces that share a switch.</summary>
    public ValueList<AnnouncePacing> Pacing { get; init; }

    /// <summary>How long an interface must be down or up before that counts.</summary>
    public ValueList<InterfaceDelay> InterfaceDelays { get; init; }
}

/// <summary>The least time between two announcements; no interface named means every interface not named elsewhere.</summary>
public sealed record AnnouncePacing
{
    public ValueList<string> Interfaces { get; init; }
    public TimeSpan ArpInterval { get; init; }
    public TimeSpan NeighborInterval { get; init; }
}

/// <summary>Debouncing of one interface.</summary>
public sealed record InterfaceDelay
{
    public string Interface { get; init; } = "";
    public TimeSpan Down { get; init; }
    public TimeSpan Up { get; init; }
}

/// <summary>Instances that become master together and fail together.</summary>
public sealed record SyncGroup
{
    public string Name { get; init; } = "";
    public ValueList<string> Members { get; init; }
    public TrackSettings Track { get; init; } = new();

    /// <summary>Whether weights of tracked objects count in members; without it a weighted object only counts as up or down.</summary>
    public bool TrackingWeights { get; init; }
    public ValueList<NotifyHook> Notify { get; init; }
}

/// <summary>What a hook is told of.</summary>
public enum NotifyEvent
{
    /// <summary>Every transition; the hook is told which.</summary>
    Any,
    Master,
    Backup,
    Fault,
    Stop,
    Deleted,

    /// <summary>As master, an advertisement of lower priority was heard: another master was there.</summary>
    LowerPriorityMaster,
}

/// <summary>A program that is run, or a URL that is called, on transitions; exactly one of the two is given.</summary>
public sealed record NotifyHook
{
    public ValueList<NotifyEvent> On { get; init; } = [NotifyEvent.Any];

    /// <summary>The program and its arguments; no shell is involved.</summary>
    public ValueList<string> Command { get; init; }

    /// <summary>Whether keepalived's four words follow the arguments: INSTANCE or GROUP, name, state, priority.</summary>
    public bool AppendState { get; init; }
    public string User { get; init; } = "";
    public string Group { get; init; } = "";
    public string Webhook { get; init; } = "";
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
