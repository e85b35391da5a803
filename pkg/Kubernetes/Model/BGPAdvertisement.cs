// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>metallb.io/v1beta1 BGPAdvertisement, as written by a user: validated by pkg/Config, not here.</summary>
public sealed class BGPAdvertisement : IKubeObject
{
    public string ApiVersion => "metallb.io/v1beta1";

    public string Kind => "BGPAdvertisement";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public BGPAdvertisementSpec Spec { get; set => field = value ?? new(); } = new();

    public ConditionsStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class BGPAdvertisementSpec
{
    public long? AggregationLength { get; set; }

    public long? AggregationLengthV6 { get; set; }

    /// <summary>0 is none.</summary>
    public long? LocalPref { get; set; }

    public long? Med { get; set; }

    public long? AsPathPrepend { get; set; }

    public IReadOnlyList<string> Communities { get; set => field = value ?? []; } = [];

    public IReadOnlyList<string> AllowedServiceCommunities { get; set => field = value ?? []; } = [];

    /// <summary>Bits per second, as a number that may end in k, M, G or T.</summary>
    public string? BandwidthPerEndpoint { get; set; }

    public IReadOnlyList<string> IpAddressPools { get; set => field = value ?? []; } = [];

    public IReadOnlyList<LabelSelector> IpAddressPoolSelectors { get; set => field = value ?? []; } = [];

    public IReadOnlyList<LabelSelector> NodeSelectors { get; set => field = value ?? []; } = [];

    public IReadOnlyList<string> Peers { get; set => field = value ?? []; } = [];

    public IReadOnlyList<LabelSelector> ServiceSelectors { get; set => field = value ?? []; } = [];
}
