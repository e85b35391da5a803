// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig;

/// <summary>What an instance or sync group watches, by name.</summary>
public sealed record TrackSettings
{
    /// <summary>Whether the instance's own interface being down is a fault.</summary>
    public bool OwnInterface { get; init; } = true;
    public ValueList<TrackReference> Interfaces { get; init; }
    public ValueList<TrackReference> Scripts { get; init; }
    public ValueList<TrackReference> Processes { get; init; }
    public ValueList<TrackReference> Files { get; init; }
    public ValueList<TrackReference> Routes { get; init; }
    public ValueList<TrackReference> Services { get; init; }
    public ValueList<TrackReference> BfdPeers { get; init; }
}

/// <summary>
/// A tracked object and what it does to the priority: weight 0 means fault while it is down, a positive weight is added
/// while it is up, a negative one is taken off while it is down; null takes the object's own.
/// </summary>
public sealed record TrackReference
{
    public string Name { get; init; } = "";
    public int? Weight { get; init; }

    /// <summary>Whether up and down change places; null takes the object's own.</summary>
    public bool? Reverse { get; init; }
}

/// <summary>A program run again and again; exit status 0 is up.</summary>
public sealed record TrackedScript
{
    public string Name { get; init; } = "";
    public ValueList<string> Command { get; init; }
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a run may take; zero means as long as the interval.</summary>
    public TimeSpan Timeout { get; init; }
    public int Weight { get; init; }
    public bool Reverse { get; init; }
    public int Rise { get; init; } = 1;
    public int Fall { get; init; } = 1;
    public string User { get; init; } = "";
    public string Group { get; init; } = "";
    public bool InitiallyDown { get; init; }
}

/// <summary>How a process's arguments are compared.</summary>
public enum ArgumentMatch
{
    /// <summary>Not at all, when no argument is given; exactly, when some are.</summary>
    Exact,

    /// <summary>The given arguments come first; more may follow.</summary>
    Partial,

    /// <summary>As partial, and the last one may go on.</summary>
    Initial,
}

/// <summary>Processes that must run (or must not), by name.</summary>
public sealed record TrackedProcess
{
    public string Name { get; init; } = "";
    public ValueList<string> Command { get; init; }
    public ArgumentMatch Match { get; init; }
    public bool FullCommand { get; init; }
    public int Weight { get; init; }
    public bool Reverse { get; init; }
    public int Quorum { get; init; } = 1;

    /// <summary>The most that may run; null means any number.</summary>
    public int? QuorumMax { get; init; }
    public TimeSpan UpDelay { get; init; }
    public TimeSpan DownDelay { get; init; }
}

/// <summary>A file with a number in it: times the weight it changes the priority; with weight 0, anything but 0 is a fault.</summary>
public sealed record TrackedFile
{
    public string Name { get; init; } = "";
    public string Path { get; init; } = "";
    public int Weight { get; init; } = 1;
    public bool Reverse { get; init; }

    /// <summary>Written at start when the file is missing; null leaves it missing.</summary>
    public int? InitialValue { get; init; }
    public bool Overwrite { get; init; }
}

/// <summary>A route that must be there, such as the default route.</summary>
public sealed record TrackedRoute
{
    public string Name { get; init; } = "";
    public IpPrefix? Destination { get; init; }
    public IpAddr? Via { get; init; }
    public string Device { get; init; } = "";
    public string Table { get; init; } = "";
    public int Weight { get; init; }
    public bool Reverse { get; init; }
}

/// <summary>A service of this node that is asked over the network.</summary>
public sealed record TrackedService
{
    public string Name { get; init; } = "";
    public HealthCheck Check { get; init; } = new();
    public int Weight { get; init; }
    public bool Reverse { get; init; }
}

/// <summary>A peer watched by BFD (RFC 5880).</summary>
public sealed record BfdPeer
{
    public string Name { get; init; } = "";
    public IpAddr? Neighbor { get; init; }
    public IpAddr? Source { get; init; }
    public TimeSpan ReceiveInterval { get; init; } = TimeSpan.FromMilliseconds(10);
    public TimeSpan TransmitInterval { get; init; } = TimeSpan.FromMilliseconds(10);
    public TimeSpan IdleInterval { get; init; } = TimeSpan.FromSeconds(1);
    public int Multiplier { get; init; } = 5;
    public bool Passive { get; init; }
    public bool MultiHop { get; init; }

    /// <summary>Hops a packet may have taken; 255 means any.</summary>
    public int MaxHops { get; init; }
    public int Weight { get; init; }
    public bool Reverse { get; init; }
}
