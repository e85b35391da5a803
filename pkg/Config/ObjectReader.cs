// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Config;

/// <summary>Turns one manifest into its compiled form; what is wrong with it is collected, not only the first mistake.</summary>
internal static class ObjectReader
{
    public static Pool? Read(PoolManifest manifest, List<string> errors)
    {
        List<IpRange> ranges = [];
        if (manifest.Addresses.Count == 0)
            errors.Add("spec.addresses is empty: give at least one prefix (192.0.2.0/24) or range (192.0.2.1-192.0.2.9)");
        for (int i = 0; i < manifest.Addresses.Count; i++)
            if (!IpRange.TryParse(manifest.Addresses[i], out IpRange range, out IpRangeError error))
                errors.Add($"spec.addresses[{i}] is \"{manifest.Addresses[i]}\": {Remedy(error)}");
            else
            {
                for (int j = 0; j < ranges.Count; j++)
                    if (ranges[j].Overlaps(range))
                        errors.Add($"spec.addresses[{i}] \"{manifest.Addresses[i]}\" overlaps {ranges[j]} of the same pool: list each address once");
                ranges.Add(range);
            }

        ServiceAllocationManifest allocation = manifest.ServiceAllocation ?? new();
        RefuseDuplicates(allocation.Namespaces, "spec.serviceAllocation.namespaces", errors);
        return new Pool(manifest.Namespace, manifest.Name, manifest.CreatedAt, ranges, manifest.Labels)
        {
            AutoAssign = manifest.AutoAssign,
            AvoidBuggyIPs = manifest.AvoidBuggyIPs,
            Priority = allocation.Priority,
            HasServiceAllocation = manifest.ServiceAllocation is not null,
            Namespaces = allocation.Namespaces ?? [],
            NamespaceSelectors = Compile(allocation.NamespaceSelectors, "spec.serviceAllocation.namespaceSelectors", errors),
            ServiceSelectors = Compile(allocation.ServiceSelectors, "spec.serviceAllocation.serviceSelectors", errors),
        };
    }

    public static L2Advertisement Read(L2AdvertisementManifest manifest, IReadOnlyList<NamedPool> pools, List<string> errors, List<string> warnings)
    {
        RefuseDuplicates(manifest.IpAddressPools, "spec.ipAddressPools", errors);
        List<LabelSelector> poolSelectors = Compile(manifest.IpAddressPoolSelectors, "spec.ipAddressPoolSelectors", errors);
        List<PreferredNode> preferred = [];
        for (int i = 0; i < manifest.PreferredNodeSelectors.Count; i++)
        {
            PreferredNodeManifest wish = manifest.PreferredNodeSelectors[i];
            string field = $"spec.preferredNodeSelectors[{i}]";
            if (wish.Weight is < 1 or > 100)
                errors.Add($"{field}.weight is {wish.Weight}: use 1 to 100");
            if (LabelSelector.TryCompile(wish.Preference, field + ".preference", errors) is { } selector)
                preferred.Add(new PreferredNode(wish.Weight, selector));
        }

        if (manifest.Failback.Delay < TimeSpan.Zero)
            errors.Add($"spec.failback.delay is {manifest.Failback.Delay}: use zero or more");

        return new L2Advertisement(manifest.Namespace, manifest.Name,
            ResolvePools(manifest.IpAddressPools, manifest.IpAddressPoolSelectors, poolSelectors, pools, warnings))
        {
            NodeSelectors = Compile(manifest.NodeSelectors, "spec.nodeSelectors", errors),
            Interfaces = Distinct(manifest.Interfaces),
            ServiceSelectors = Compile(manifest.ServiceSelectors, "spec.serviceSelectors", errors),
            PreferredNodes = preferred,
            Failback = manifest.Failback,
        };
    }

    /// <summary>Names of the pools an advertisement selects, by name, by label, or all when it gives neither.</summary>
    internal static List<string> ResolvePools(
        IReadOnlyList<string> given,
        IReadOnlyList<LabelSelectorManifest> written,
        List<LabelSelector> selectors,
        IReadOnlyList<NamedPool> pools,
        List<string> warnings)
    {
        bool all = given.Count == 0 && written.Count == 0;
        Dictionary<string, int> named = new(StringComparer.Ordinal);
        for (int i = 0; i < given.Count; i++)
            named.TryAdd(given[i], i);
        List<string> names = [];
        foreach (NamedPool pool in pools)
        {
            bool byName = named.Remove(pool.Name, out int index);
            if (byName || all || LabelSelector.AnyMatches(selectors, pool.Labels))
                names.Add(pool.Name);
            if (byName && !pool.InForce)
                warnings.Add($"spec.ipAddressPools[{index}] names \"{pool.Name}\", which is refused (its Accepted condition says why): "
                    + "only what it gave to Services before is announced");
        }

        for (int i = 0; i < given.Count; i++)
            if (named.ContainsKey(given[i]))
                warnings.Add($"spec.ipAddressPools[{i}] names \"{given[i]}\", and there is no such IPAddressPool: "
                    + "create it or remove the name");
        return names;
    }

    internal static List<LabelSelector> Compile(IReadOnlyList<LabelSelectorManifest>? manifests, string field, List<string> errors)
    {
        List<LabelSelector> selectors = [];
        HashSet<string> written = new(StringComparer.Ordinal);
        for (int i = 0; i < (manifests?.Count ?? 0); i++)
            if (LabelSelector.TryCompile(manifests![i], $"{field}[{i}]", errors) is { } selector)
            {
                // MetalLB compares what is written: two that only mean the same, matchLabels and In with one value, are no mistake.
                if (!written.Add(LabelSelector.Written(manifests[i])))
                    errors.Add($"{field}[{i}] says the same as an earlier selector (\"{selector}\"): remove one");
                else if (!selectors.Contains(selector))
                    selectors.Add(selector);
            }

        return selectors;
    }

    private static List<string> Distinct(IReadOnlyList<string> values)
    {
        List<string> distinct = [];
        foreach (string value in values)
            if (!distinct.Contains(value))
                distinct.Add(value);
        return distinct;
    }

    internal static void RefuseDuplicates(IReadOnlyList<string>? values, string field, List<string> errors)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < (values?.Count ?? 0); i++)
            if (!seen.Add(values![i]))
                errors.Add($"{field}[{i}] \"{values[i]}\" is there twice: remove one");
    }

    private static string Remedy(IpRangeError error) => error switch
    {
        IpRangeError.NeitherPrefixNorRange => "it is neither a prefix nor a range, write 192.0.2.0/24 or 192.0.2.1-192.0.2.9",
        IpRangeError.SingleAddress => "it is a lone address, write it with /32 (IPv4) or /128 (IPv6)",
        IpRangeError.BadAddress => "it holds something that is no IP address, correct it",
        IpRangeError.BadPrefixLength => "the prefix length must be 0 to 32 (IPv4) or 0 to 128 (IPv6)",
        IpRangeError.MixedFamilies => "one end is IPv4 and the other IPv6, use one family per entry",
        IpRangeError.Reversed => "it ends before it starts, swap the two ends",
        IpRangeError.None => throw new UnreachableException(),
        _ => throw new UnreachableException(),
    };
}
