// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>metallb.io/v1beta1 L2Advertisement, as written by a user: validated by pkg/Config, not here.</summary>
public sealed class L2Advertisement : IKubeObject
{
    public string ApiVersion => "metallb.io/v1beta1";

    public string Kind => "L2Advertisement";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public L2AdvertisementSpec Spec { get; set => field = value ?? new(); } = new();

    public L2AdvertisementStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class L2AdvertisementSpec
{
    public IReadOnlyList<string> IpAddressPools { get; set => field = value ?? []; } = [];

    public IReadOnlyList<LabelSelector> IpAddressPoolSelectors { get; set => field = value ?? []; } = [];

    public IReadOnlyList<LabelSelector> NodeSelectors { get; set => field = value ?? []; } = [];

    public IReadOnlyList<string> Interfaces { get; set => field = value ?? []; } = [];

    public IReadOnlyList<LabelSelector> ServiceSelectors { get; set => field = value ?? []; } = [];

    public IReadOnlyList<PreferredNodeSelector> PreferredNodeSelectors { get; set => field = value ?? []; } = [];

    public FailbackSpec? Failback { get; set; }
}

public sealed class PreferredNodeSelector
{
    /// <summary>1 to 100.</summary>
    public int Weight { get; set; }

    public LabelSelector Preference { get; set => field = value ?? new(); } = new();
}

public sealed class L2AdvertisementStatus
{
    public IReadOnlyList<Condition> Conditions { get; set => field = value ?? []; } = [];
}

public sealed class FailbackSpec
{
    public bool Enabled { get; set; }

    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? Delay { get; set; }
}
