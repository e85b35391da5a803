// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Bgp;

/// <summary>A BGPAdvertisement as read from the API, not yet validated.</summary>
public sealed record BgpAdvertisementManifest(string Namespace, string Name, long Generation, long CreatedAt) : IObjectManifest
{
    public long? AggregationLength { get; init; }

    public long? AggregationLengthV6 { get; init; }

    /// <summary>0 is none.</summary>
    public long LocalPref { get; init; }

    public long? Med { get; init; }

    public long AsPathPrepend { get; init; }

    public IReadOnlyList<string> Communities { get; init; } = [];

    public IReadOnlyList<string> AllowedServiceCommunities { get; init; } = [];

    /// <summary>Bits per second, as a number that may end in k, M, G or T.</summary>
    public string? BandwidthPerEndpoint { get; init; }

    public IReadOnlyList<string> IpAddressPools { get; init; } = [];

    public IReadOnlyList<LabelSelectorManifest> IpAddressPoolSelectors { get; init; } = [];

    public IReadOnlyList<LabelSelectorManifest> NodeSelectors { get; init; } = [];

    public IReadOnlyList<string> Peers { get; init; } = [];

    public IReadOnlyList<LabelSelectorManifest> ServiceSelectors { get; init; } = [];
}
