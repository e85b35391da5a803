// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>
/// loadbalancer.io/v1alpha1 VirtualIP: addresses that one of some nodes holds. Of the cluster, not of a namespace: it takes
/// addresses of the network and interfaces of the nodes, which no tenant has a say in.
/// </summary>
public sealed class VirtualIP : IKubeObject
{
    public string ApiVersion => "loadbalancer.io/v1alpha1";

    public string Kind => "VirtualIP";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public VirtualIPSpec Spec { get; set => field = value ?? new(); } = new();

    public VirtualIPStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class VirtualIPSpec
{
    public IReadOnlyList<string> Addresses { get; set => field = value ?? []; } = [];

    public LabelSelector? NodeSelector { get; set; }

    /// <summary>Nodes in the order in which they are to be master; others follow.</summary>
    public IReadOnlyList<string> PreferredNodes { get; set => field = value ?? []; } = [];

    /// <summary>Priorities by node; they go before all others.</summary>
    public IReadOnlyList<VirtualIPPriority> Priorities { get; set => field = value ?? []; } = [];

    [JsonPropertyName("virtualRouterID")]
    public int? VirtualRouterId { get; set; }

    public string? Interface { get; set; }

    public int? VrrpVersion { get; set; }

    /// <summary>As written, like the other durations: one that cannot be read is told in the object's condition.</summary>
    public string? AdvertisementInterval { get; set; }

    /// <summary>A Secret of vipd's namespace; its key password counts.</summary>
    public SecretReference? AuthSecret { get; set; }

    /// <summary>Intervals without an advertisement until the addresses are taken over.</summary>
    public int? DeadAfter { get; set; }

    /// <summary>False: the addresses answer ARP and neighbour solicitations, and take no packets themselves.</summary>
    public bool? Accept { get; set; }

    /// <summary>Time between announcements while master.</summary>
    public string? AnnounceRefreshInterval { get; set; }

    public bool? Unicast { get; set; }

    public bool? Preempt { get; set; }

    public string? PreemptDelay { get; set; }

    [JsonPropertyName("virtualMAC")]
    public bool? VirtualMac { get; set; }

    public VirtualIPTrack Track { get; set => field = value ?? new(); } = new();

    public VirtualIPService? Service { get; set; }
}

/// <summary>A node's priority.</summary>
public sealed class VirtualIPPriority
{
    public string Node { get; set => field = value ?? ""; } = "";

    public int Priority { get; set; }
}

/// <summary>What is watched on each node. Programs are not among it: who may write an object must not run them on nodes.</summary>
public sealed class VirtualIPTrack
{
    public IReadOnlyList<VirtualIPInterface> Interfaces { get; set => field = value ?? []; } = [];

    public IReadOnlyList<VirtualIPCheck> Checks { get; set => field = value ?? []; } = [];
}

/// <summary>An interface that must be up; with weight 0 its loss is a fault.</summary>
public sealed class VirtualIPInterface
{
    public string Name { get; set => field = value ?? ""; } = "";

    public int Weight { get; set; }
}

/// <summary>Something of the node that is asked over the network: by HTTP where a path is given, else by a TCP connection.</summary>
public sealed class VirtualIPCheck
{
    public string Name { get; set => field = value ?? ""; } = "";

    /// <summary>Absent means the node itself, by its loopback address.</summary>
    public string? Address { get; set; }

    public int Port { get; set; }

    public string? Path { get; set; }

    public string? Host { get; set; }

    public string? Interval { get; set; }

    public string? Timeout { get; set; }

    public int? Rise { get; set; }

    public int? Fall { get; set; }

    public int Weight { get; set; }
}

/// <summary>The Service behind the addresses: its ports, and its endpoints that are ready.</summary>
public sealed class VirtualIPService
{
    public string Namespace { get; set => field = value ?? ""; } = "";

    public string Name { get; set => field = value ?? ""; } = "";

    /// <summary>Masquerade, NAT or DirectRouting.</summary>
    public string? Method { get; set; }
}

public sealed class VirtualIPStatus
{
    /// <summary>The number in force; one that was chosen stays.</summary>
    [JsonPropertyName("virtualRouterID")]
    public int? VirtualRouterId { get; set; }

    public string? Master { get; set; }

    public DateTimeOffset? Since { get; set; }

    /// <summary>How often this master has become it since its vipd started.</summary>
    public long? Transitions { get; set; }

    /// <summary>One element for each node that takes part, written there.</summary>
    public IReadOnlyList<VirtualIPNode> Nodes { get; set => field = value ?? []; } = [];

    public IReadOnlyList<Condition> Conditions { get; set => field = value ?? []; } = [];
}

/// <summary>How one node stands.</summary>
public sealed class VirtualIPNode
{
    /// <summary>Key of the list.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string Node { get; set => field = value ?? ""; } = "";

    /// <summary>Master, Backup, Fault or Init.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string State { get; set => field = value ?? ""; } = "";

    public int? Priority { get; set; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? Interface { get; set; }

    public DateTimeOffset? Since { get; set; }

    /// <summary>Why it is in that state, in words.</summary>
    public string? Reason { get; set; }
}
