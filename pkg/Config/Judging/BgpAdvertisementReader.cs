// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Config.Judging;

/// <summary>Compiles a BGPAdvertisement.</summary>
internal static class BgpAdvertisementReader
{
    public static BgpAdvertisement Read(BgpAdvertisementManifest manifest, References references, Remarks remarks)
    {
        ObjectReader.RefuseDuplicates(manifest.IpAddressPools, "spec.ipAddressPools", remarks.Errors);
        ObjectReader.RefuseDuplicates(manifest.Peers, "spec.peers", remarks.Errors);
        ObjectReader.RefuseDuplicates(manifest.Communities, "spec.communities", remarks.Errors);
        ObjectReader.RefuseDuplicates(manifest.AllowedServiceCommunities, "spec.allowedServiceCommunities", remarks.Errors);
        List<LabelSelector> poolSelectors = ObjectReader.Compile(manifest.IpAddressPoolSelectors, "spec.ipAddressPoolSelectors", remarks.Errors);
        BgpAdvertisement read = new(manifest.Namespace, manifest.Name, [])
        {
            AggregationLength = (byte)(Fields.Number(manifest.AggregationLength, "spec.aggregationLength", 1, 32, remarks) ?? 32),
            AggregationLengthV6 = (byte)(Fields.Number(manifest.AggregationLengthV6, "spec.aggregationLengthV6", 1, 128, remarks) ?? 128),
            LocalPref = (uint?)Fields.Number(manifest.LocalPref == 0 ? null : manifest.LocalPref, "spec.localPref", 0, uint.MaxValue, remarks),
            Med = (uint?)Fields.Number(manifest.Med, "spec.med", 0, uint.MaxValue, remarks),
            AsPathPrepend = (byte)(Fields.Number(manifest.AsPathPrepend, "spec.asPathPrepend", 0, 10, remarks) ?? 0),
            Communities = references.Resolve(manifest.Communities, "spec.communities", remarks),
            AllowedServiceCommunities = references.Resolve(manifest.AllowedServiceCommunities, "spec.allowedServiceCommunities", remarks),
            BandwidthPerEndpoint = ReadBandwidth(manifest.BandwidthPerEndpoint, remarks),
            NodeSelectors = ObjectReader.Compile(manifest.NodeSelectors, "spec.nodeSelectors", remarks.Errors),
            ServiceSelectors = ObjectReader.Compile(manifest.ServiceSelectors, "spec.serviceSelectors", remarks.Errors),
            // A name nobody has stays in the list: without it a list of unknown names would be empty, and that means every peer.
            Peers = Sorted(manifest.Peers),
        };
        if (read.ServiceSelectors.Count > 0 && (read.AggregationLength != 32 || read.AggregationLengthV6 != 128))
            remarks.Errors.Add("spec.serviceSelectors cannot be combined with aggregation, which announces addresses of other Services too: "
                + "remove them, or leave spec.aggregationLength at 32 and spec.aggregationLengthV6 at 128");
        for (int i = 0; i < manifest.Peers.Count; i++)
            if (!references.HasPeer(manifest.Peers[i]))
                remarks.Unresolved.Add($"spec.peers[{i}] names \"{manifest.Peers[i]}\", {references.Missing(ObjectKind.BGPPeer, manifest.Peers[i])}: nothing is announced to it");
        List<string> pools = ObjectReader.ResolvePools(manifest.IpAddressPools, manifest.IpAddressPoolSelectors, poolSelectors, references.Pools, remarks.Unresolved);
        return read with { Pools = Fitting(read, pools, manifest.IpAddressPools, references, remarks) };
    }

    /// <summary>
    /// Leaves out pools whose aggregate would reach beyond them. One that the manifest names refuses it, and so does having none that
    /// fits; one that came by label or because all are meant does not, or a small pool added later would end what the others announce.
    /// </summary>
    private static List<string> Fitting(BgpAdvertisement read, List<string> pools, IReadOnlyList<string> named, References references, Remarks remarks)
    {
        List<string> fitting = [], misfits = [];
        bool isNamed = false;
        foreach (string name in pools)
            if (references.PoolsInForce.TryGetValue(name, out Pool? pool) && Misfit(read, pool) is { } misfit)
            {
                misfits.Add(misfit);
                foreach (string other in named)
                    isNamed |= other == name;
            }
            else
                fitting.Add(name);
        if (misfits.Count > 0)
            (isNamed || fitting.Count == 0 ? remarks.Errors : remarks.Warnings)
                .Add(string.Join("; ", misfits) + (isNamed || fitting.Count == 0 ? "" : "; its addresses are not announced by this"));
        return fitting;
    }

    // A range counts by the largest prefix it is made of: what a summary of it could be announced as.
    private static string? Misfit(BgpAdvertisement read, Pool pool)
    {
        foreach (IpRange range in pool.Ranges)
        {
            (int length, string field) = range.Family == IpFamily.IPv4
                ? (read.AggregationLength, "spec.aggregationLength") : (read.AggregationLengthV6, "spec.aggregationLengthV6");
            int shortest = int.MaxValue;
            foreach (IpPrefix prefix in range.ToPrefixes())
                shortest = Math.Min(shortest, prefix.Length);
            if (length < shortest)
                return $"{field} is {length}, and {range} of IPAddressPool {pool.Name} has no more room than a /{shortest}: "
                    + $"use {shortest} or more, or leave the pool out";
        }

        return null;
    }

    private static float? ReadBandwidth(string? text, Remarks remarks)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (BandwidthText.TryParse(text, out float octets))
            return octets;
        remarks.Errors.Add($"spec.bandwidthPerEndpoint is \"{text}\": write bits per second, more than none, like 100M, 1G or 2.5G");
        return null;
    }

    private static List<string> Sorted(IReadOnlyList<string> names)
    {
        List<string> sorted = [.. names];
        sorted.Sort(StringComparer.Ordinal);
        return sorted;
    }
}
