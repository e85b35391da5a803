// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>An L2Advertisement as read from the API, not yet validated. CreatedAt is in Unix seconds.</summary>
public sealed record L2AdvertisementManifest(string Namespace, string Name, long Generation, long CreatedAt) : IObjectManifest
{
    public IReadOnlyList<string> IpAddressPools { get; init; } = [];

    public IReadOnlyList<LabelSelectorManifest> IpAddressPoolSelectors { get; init; } = [];

    public IReadOnlyList<LabelSelectorManifest> NodeSelectors { get; init; } = [];

    public IReadOnlyList<string> Interfaces { get; init; } = [];

    public IReadOnlyList<LabelSelectorManifest> ServiceSelectors { get; init; } = [];

    public IReadOnlyList<PreferredNodeManifest> PreferredNodeSelectors { get; init; } = [];

    public Failback Failback { get; init; }

}

/// <summary>A soft wish for nodes: weight 1 to 100 is added to the score of each node the preference matches.</summary>
public sealed record PreferredNodeManifest(int Weight, LabelSelectorManifest Preference);

/// <summary>Whether an address goes back to a better node once that has returned, and how long it must have been back.</summary>
public readonly record struct Failback(bool Enabled, TimeSpan Delay);
