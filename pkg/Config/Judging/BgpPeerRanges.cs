// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Config.Judging;

/// <summary>Reads what a BGPPeer says of a prefix that peers connect from.</summary>
internal static class BgpPeerRanges
{
    private const int MostDynamicPeers = 1000;
    private const long BgpPort = 179;

    public static bool IsRange(BgpPeerManifest manifest) => manifest.PeerAddress?.Contains('/', StringComparison.Ordinal) == true;

    public static IpPrefix? Read(BgpPeerManifest manifest, Remarks remarks)
    {
        string text = manifest.PeerAddress!;
        if (!IpPrefix.TryParse(text, out IpPrefix range))
        {
            remarks.Errors.Add($"spec.peerAddress is \"{text}\", which is no prefix: write it like 192.0.2.0/24 or 2001:db8::/64, or give one address");
            return null;
        }

        if (Wrong(range, text) is { } wrong)
            remarks.Errors.Add($"spec.peerAddress is {text}, {wrong}");
        if (!manifest.Passive)
            remarks.Errors.Add($"spec.peerAddress is {text}, a prefix, and nobody knows which of its addresses to connect to: set spec.passive to true, so that routers connect from there, or give one address");
        if (manifest.PeerPort is not (null or 0 or BgpPort))
            remarks.Warnings.Add("spec.peerPort is without effect when spec.peerAddress is a prefix, whose routers connect by themselves: remove it");
        return range;
    }

    public static int ReadMost(BgpPeerManifest manifest, Remarks remarks)
    {
        if (manifest.MaxDynamicPeers is not null && !IsRange(manifest))
            remarks.Errors.Add("spec.maxDynamicPeers is set, and spec.peerAddress is no prefix: give a prefix, or remove spec.maxDynamicPeers");
        return (int)(Fields.Number(manifest.MaxDynamicPeers, "spec.maxDynamicPeers", 1, MostDynamicPeers, remarks) ?? BgpPeer.DefaultDynamicPeers);
    }

    public static string? ReadVrf(BgpPeerManifest manifest, Remarks remarks)
    {
        if (IsRange(manifest) && !string.IsNullOrEmpty(manifest.Vrf))
            remarks.Errors.Add("spec.vrf is set, and spec.peerAddress is a prefix: connections are taken outside of VRFs only; remove spec.vrf, or give each router's address");
        return Fields.InterfaceName(manifest.Vrf, "spec.vrf", remarks);
    }

    private static string? Wrong(IpPrefix range, string text) =>
        range.Length == range.Address.BitLength ? $"one address: write it as {range.Address}"
        : range.Length == 0 ? "every address there is: give the networks that routers are in, one BGPPeer each"
        : HasHostBits(range, text) ? $"which has bits set beyond its length: write {range}"
        : range.Contains(FirstGroup(range)) || range.Address.IsMulticast ? "which holds multicast groups and no hosts: give the network that routers are in"
        : range.Address is { IsIPv6: true, IsLinkLocal: true } ? "which means nothing without an interface: give spec.interface instead, the peer's link-local address is learned"
        : null;

    private static bool HasHostBits(IpPrefix range, string text) =>
        IpAddr.TryParse(text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal)), out IpAddr written) && written != range.Address;

    private static IpAddr FirstGroup(IpPrefix range) => range.Address.IsIPv4 ? IpAddr.FromUInt32(0xE000_0000) : IpAddr.Parse("ff00::");
}
