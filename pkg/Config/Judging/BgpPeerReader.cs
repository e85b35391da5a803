// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Config.Judging;

/// <summary>Compiles a BGPPeer.</summary>
internal static class BgpPeerReader
{
    // TCP_MD5SIG_MAXKEYLEN of Linux.
    private const int LongestPassword = 80;
    // RFC 9494 3.1: 24 bits.
    private const int LongestStaleSeconds = (1 << 24) - 1;

    public static BgpPeer? Read(BgpPeerManifest manifest, References references, BgpPeer? last, Remarks remarks)
    {
        (uint myAsn, PeerAsn peerAsn, uint? localAsn) = BgpPeerAsns.Read(manifest, remarks);
        (IpAddr? address, IpPrefix? range) = ReadAddress(manifest, remarks);
        string? @interface = Fields.InterfaceName(manifest.Interface, "spec.interface", remarks);
        (TimeSpan hold, TimeSpan? keepalive) = BgpPeerTimers.Read(manifest, remarks);
        BgpPeer defaults = new(manifest.Namespace, manifest.Name) { MyAsn = myAsn, PeerAsn = peerAsn };
        if (manifest.DisableMp)
            remarks.Warnings.Add("spec.disableMP is without effect: spec.dualStackAddressFamily says which families are exchanged");
        if (manifest.RestartTime is { Length: > 0 } && !manifest.EnableGracefulRestart)
            remarks.Errors.Add("spec.restartTime is set without graceful restart: set spec.enableGracefulRestart to true as well, or remove it");
        if (manifest.LongLivedStaleTime is { Length: > 0 } && !manifest.EnableGracefulRestart)
            remarks.Errors.Add("spec.longLivedStaleTime is set without graceful restart, which it prolongs: set spec.enableGracefulRestart to true as well, or remove it");
        return defaults with
        {
            LocalAsn = localAsn,
            Address = address,
            Range = range,
            MaxDynamicPeers = BgpPeerRanges.ReadMost(manifest, remarks),
            Interface = @interface,
            SourceAddress = ReadSource(manifest, address ?? range?.Address, remarks),
            Port = (ushort)(Fields.Number(manifest.PeerPort, "spec.peerPort", 0, ushort.MaxValue, remarks) is { } port and > 0 ? port : defaults.Port),
            HoldTime = hold,
            KeepaliveTime = keepalive,
            ConnectTime = BgpPeerTimers.WholeSeconds(manifest.ConnectTime, "spec.connectTime", ushort.MaxValue, remarks),
            RouterId = ReadRouterId(manifest, remarks),
            NodeSelectors = ObjectReader.Compile(manifest.NodeSelectors, "spec.nodeSelectors", remarks.Errors),
            Password = ReadPassword(manifest, remarks),
            Bfd = ReadBfd(manifest, references, last, remarks),
            GracefulRestart = manifest.EnableGracefulRestart,
            RestartTime = BgpPeerTimers.WholeSeconds(manifest.RestartTime, "spec.restartTime", 4095, remarks) ?? defaults.RestartTime,
            LongLivedStaleTime = BgpPeerTimers.WholeSeconds(manifest.LongLivedStaleTime, "spec.longLivedStaleTime", LongestStaleSeconds, remarks),
            EbgpMultiHop = ReadMultiHop(manifest, peerAsn, myAsn, remarks),
            TtlSecurityHops = ReadTtlSecurity(manifest, remarks),
            Vrf = BgpPeerRanges.ReadVrf(manifest, remarks),
            DualStack = manifest.DualStackAddressFamily,
            Passive = ReadPassive(manifest, remarks),
            MaxReceivedPrefixes = (uint?)Fields.Number(manifest.MaxReceivedPrefixes, "spec.maxReceivedPrefixes", 1, uint.MaxValue, remarks),
            MaxAnnouncedPrefixes = (uint?)Fields.Number(manifest.MaxAnnouncedPrefixes, "spec.maxAnnouncedPrefixes", 1, uint.MaxValue, remarks),
        };
    }

    private static (IpAddr? One, IpPrefix? Many) ReadAddress(BgpPeerManifest manifest, Remarks remarks)
    {
        bool hasAddress = !string.IsNullOrEmpty(manifest.PeerAddress), hasInterface = !string.IsNullOrEmpty(manifest.Interface);
        if (hasAddress == hasInterface)
            remarks.Errors.Add(hasAddress
                ? "spec.peerAddress and spec.interface are both set: keep the one by which the peer is reached"
                : "spec.peerAddress is missing: give the peer's address, or spec.interface for an unnumbered session");
        if (BgpPeerRanges.IsRange(manifest))
            return (null, BgpPeerRanges.Read(manifest, remarks));
        IpAddr? address = Fields.Address(manifest.PeerAddress, "spec.peerAddress", remarks);
        if (address is { } given && (given.IsUnspecified || given.IsMulticast))
            remarks.Errors.Add($"spec.peerAddress is {given}, which is no host's address: give the peer's own");
        else if (address is { IsIPv6: true, IsLinkLocal: true } linkLocal)
            remarks.Errors.Add($"spec.peerAddress is {linkLocal}, which means nothing without an interface: give spec.interface instead, the peer's link-local address is learned");
        return (address, null);
    }

    private static IpAddr? ReadSource(BgpPeerManifest manifest, IpAddr? peer, Remarks remarks)
    {
        IpAddr? source = Fields.Address(manifest.SourceAddress, "spec.sourceAddress", remarks);
        if (source is null)
            return null;
        if (!string.IsNullOrEmpty(manifest.Interface))
        {
            remarks.Warnings.Add("spec.sourceAddress is without effect on an unnumbered session, which uses the interface's link-local address: remove it");
            return null;
        }

        if (source.Value.IsUnspecified || source.Value.IsMulticast)
            remarks.Errors.Add($"spec.sourceAddress is {source}, which no host has: give an address of the node, or remove it");
        else if (peer is { } other && other.Family != source.Value.Family)
            remarks.Errors.Add($"spec.sourceAddress is {source} and spec.peerAddress is {manifest.PeerAddress}: both must be IPv4, or both IPv6");
        return source;
    }

    private static uint? ReadRouterId(BgpPeerManifest manifest, Remarks remarks)
    {
        if (string.IsNullOrEmpty(manifest.RouterId))
            return null;
        if (IpAddr.TryParse(manifest.RouterId, out IpAddr id) && id.IsIPv4 && !id.IsUnspecified)
            return (uint)id.Value;
        remarks.Errors.Add($"spec.routerID is \"{manifest.RouterId}\": write it as an IPv4 address other than 0.0.0.0, or remove it");
        return null;
    }

    private static BgpPassword ReadPassword(BgpPeerManifest manifest, Remarks remarks)
    {
        bool clear = !string.IsNullOrEmpty(manifest.Password), secret = !string.IsNullOrEmpty(manifest.PasswordSecretName);
        if (clear && secret)
            remarks.Errors.Add("spec.password and spec.passwordSecret are both set: keep one of them");
        if (clear && Encoding.UTF8.GetByteCount(manifest.Password!) > LongestPassword)
            remarks.Errors.Add($"spec.password is too long: TCP MD5 of Linux takes at most {LongestPassword} octets");
        if (secret && !string.IsNullOrEmpty(manifest.PasswordSecretNamespace) && manifest.PasswordSecretNamespace != manifest.Namespace)
            remarks.Errors.Add($"spec.passwordSecret.namespace is \"{manifest.PasswordSecretNamespace}\", and Secrets of other namespaces are not read: "
                + $"move the Secret to {manifest.Namespace}, or remove the field");
        return secret ? new() { SecretName = manifest.PasswordSecretName } : clear ? new() { Clear = manifest.Password } : default;
    }

    /// <summary>A profile that is gone takes no protection away: the timers of the peer's last version stay, where there are any.</summary>
    private static BfdProfile? ReadBfd(BgpPeerManifest manifest, References references, BgpPeer? last, Remarks remarks)
    {
        if (string.IsNullOrEmpty(manifest.BfdProfile))
            return null;
        if (references.FindProfile(manifest.BfdProfile) is { } profile)
            return profile;
        string missing = references.Missing(ObjectKind.BFDProfile, manifest.BfdProfile);
        string meanwhile = last?.Bfd is { } kept ? $"the session keeps BFD as BFDProfile {kept.Name} last had it" : "the session runs without BFD";
        remarks.Unresolved.Add($"spec.bfdProfile names \"{manifest.BfdProfile}\", {missing}: {meanwhile}; create or mend the profile, or remove the name");
        return last?.Bfd;
    }

    private static bool ReadMultiHop(BgpPeerManifest manifest, PeerAsn peer, uint myAsn, Remarks remarks)
    {
        if (!manifest.EbgpMultiHop)
            return false;
        if (peer.IsInternal(myAsn))
            remarks.Errors.Add($"spec.ebgpMultiHop is for external peers, and this one is internal ({(peer.Kind == PeerAsnKind.Internal ? "spec.dynamicASN is internal" : "spec.myASN and spec.peerASN are the same")}): remove it, internal sessions may span hops anyway");
        if (string.IsNullOrEmpty(manifest.Interface))
            return true;
        remarks.Warnings.Add("spec.ebgpMultiHop is without effect on an unnumbered session, whose peer is on the link: remove it");
        return false;
    }

    private static byte? ReadTtlSecurity(BgpPeerManifest manifest, Remarks remarks)
    {
        if (manifest.TtlSecurityHops is not null && manifest.EbgpMultiHop)
            remarks.Errors.Add("spec.ttlSecurityHops and spec.ebgpMultiHop are both set: keep spec.ttlSecurityHops, which admits peers so many hops away and no others");
        return (byte?)Fields.Number(manifest.TtlSecurityHops, "spec.ttlSecurityHops", 1, 254, remarks);
    }

    private static bool ReadPassive(BgpPeerManifest manifest, Remarks remarks)
    {
        if (manifest.Passive && !string.IsNullOrEmpty(manifest.Interface))
            remarks.Errors.Add("spec.passive and spec.interface are both set: who connects to an unnumbered session cannot be told from others before its address is learned; remove one of the two");
        if (manifest.Passive && !string.IsNullOrEmpty(manifest.ConnectTime))
            remarks.Warnings.Add("spec.connectTime is without effect on a passive session, which never connects: remove it");
        return manifest.Passive;
    }
}
