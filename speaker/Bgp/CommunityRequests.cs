// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>What became of the communities a Service asks for by annotation.</summary>
internal static class CommunityRequests
{
    public const string Annotation = "metallb.io/bgp-communities";

    /// <summary>What is wrong with them, in a sentence; null when all are attached somewhere.</summary>
    public static string? Fault(AnnouncedService service, Config.Configuration configuration)
    {
        string[] written = service.Object.Metadata.Annotations.GetValueOrDefault(Annotation, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (written.Length == 0)
            return null;
        HashSet<BgpCommunity> allowed = [.. configuration.BgpAdvertisements
            .Where(a => a.SelectsService(service.Labels) && service.Addresses.Any(address => configuration.PoolOf(address, service.RecordedPool) is { } pool && a.SelectsPool(pool)))
            .SelectMany(static a => a.AllowedServiceCommunities)];
        List<string> unknown = [];
        List<string> refused = [];
        foreach (string text in written)
            if (!configuration.Communities.TryGetValue(text, out BgpCommunity community) && !CommunityText.TryParse(text, out community, out _))
                unknown.Add(text);
            else if (!allowed.Contains(community))
                refused.Add(text);
        List<string> faults = [];
        if (unknown.Count > 0)
            faults.Add($"{string.Join(", ", unknown)} is neither a community such as 64512:100 or large:64512:1:2 nor a name in a Community object");
        if (refused.Count > 0)
            faults.Add($"{string.Join(", ", refused)} is not in allowedServiceCommunities of a BGPAdvertisement for this Service");
        return faults.Count == 0 ? null : $"annotation {Annotation}: {string.Join("; ", faults)}; routes are announced without";
    }
}
