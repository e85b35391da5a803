// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>metallb.io/v1beta1 IPAddressPool, as written by a user: validated by pkg/Config, not here.</summary>
public sealed class IPAddressPool : IKubeObject
{
    public string ApiVersion => "metallb.io/v1beta1";

    public string Kind => "IPAddressPool";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public IPAddressPoolSpec Spec { get; set => field = value ?? new(); } = new();

    public IPAddressPoolStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class IPAddressPoolSpec
{
    public IReadOnlyList<string> Addresses { get; set => field = value ?? []; } = [];

    /// <summary>Absent means true.</summary>
    public bool? AutoAssign { get; set; }

    public bool? AvoidBuggyIPs { get; set; }

    public ServiceAllocation? ServiceAllocation { get; set; }
}

public sealed class ServiceAllocation
{
    /// <summary>Lower is preferred; 0 is none, which comes last.</summary>
    public long Priority { get; set; }

    public IReadOnlyList<string> Namespaces { get; set => field = value ?? []; } = [];

    public IReadOnlyList<LabelSelector> NamespaceSelectors { get; set => field = value ?? []; } = [];

    public IReadOnlyList<LabelSelector> ServiceSelectors { get; set => field = value ?? []; } = [];
}

public sealed class IPAddressPoolStatus
{
    public long AssignedIPv4 { get; set; }

    public long AssignedIPv6 { get; set; }

    public long AvailableIPv4 { get; set; }

    public long AvailableIPv6 { get; set; }

    public IReadOnlyList<Condition> Conditions { get; set => field = value ?? []; } = [];
}
