// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Configuration;

/// <summary>The kinds of BGP.</summary>
public static partial class Manifests
{
    /// <summary>A BGPPeer as pkg/Config judges it.</summary>
    public static BgpPeerManifest Of(BGPPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        BGPPeerSpec spec = peer.Spec;
        ObjectMeta metadata = peer.Metadata;
        return new(metadata.Namespace ?? "", metadata.Name ?? "", metadata.Generation, Created(metadata))
        {
            MyAsn = spec.MyAsn,
            PeerAsn = spec.PeerAsn,
            DynamicAsn = spec.DynamicAsn,
            LocalAsn = spec.LocalAsn,
            PeerAddress = spec.PeerAddress,
            Interface = spec.Interface,
            SourceAddress = spec.SourceAddress,
            PeerPort = spec.PeerPort,
            HoldTime = spec.HoldTime,
            KeepaliveTime = spec.KeepaliveTime,
            ConnectTime = spec.ConnectTime,
            RouterId = spec.RouterId,
            NodeSelectors = Of(spec.NodeSelectors),
            Password = spec.Password,
            PasswordSecretName = spec.PasswordSecret?.Name,
            PasswordSecretNamespace = spec.PasswordSecret?.Namespace,
            BfdProfile = spec.BfdProfile,
            EnableGracefulRestart = spec.EnableGracefulRestart ?? false,
            RestartTime = spec.RestartTime,
            LongLivedStaleTime = spec.LongLivedStaleTime,
            EbgpMultiHop = spec.EbgpMultiHop ?? false,
            TtlSecurityHops = spec.TtlSecurityHops,
            Vrf = spec.Vrf,
            DualStackAddressFamily = spec.DualStackAddressFamily ?? false,
            DisableMp = spec.DisableMp ?? false,
            Passive = spec.Passive ?? false,
            MaxDynamicPeers = spec.MaxDynamicPeers,
            MaxReceivedPrefixes = spec.MaxReceivedPrefixes,
            MaxAnnouncedPrefixes = spec.MaxAnnouncedPrefixes,
        };
    }

    /// <summary>A BGPAdvertisement as pkg/Config judges it.</summary>
    public static BgpAdvertisementManifest Of(BGPAdvertisement advertisement)
    {
        ArgumentNullException.ThrowIfNull(advertisement);
        BGPAdvertisementSpec spec = advertisement.Spec;
        ObjectMeta metadata = advertisement.Metadata;
        return new(metadata.Namespace ?? "", metadata.Name ?? "", metadata.Generation, Created(metadata))
        {
            AggregationLength = spec.AggregationLength,
            AggregationLengthV6 = spec.AggregationLengthV6,
            LocalPref = spec.LocalPref ?? 0,
            Med = spec.Med,
            AsPathPrepend = spec.AsPathPrepend ?? 0,
            Communities = spec.Communities,
            AllowedServiceCommunities = spec.AllowedServiceCommunities,
            BandwidthPerEndpoint = spec.BandwidthPerEndpoint,
            IpAddressPools = spec.IpAddressPools,
            IpAddressPoolSelectors = Of(spec.IpAddressPoolSelectors),
            NodeSelectors = Of(spec.NodeSelectors),
            Peers = spec.Peers,
            ServiceSelectors = Of(spec.ServiceSelectors),
        };
    }

    /// <summary>A Community as pkg/Config judges it.</summary>
    public static CommunityManifest Of(Community community)
    {
        ArgumentNullException.ThrowIfNull(community);
        ObjectMeta metadata = community.Metadata;
        return new(
            metadata.Namespace ?? "",
            metadata.Name ?? "",
            metadata.Generation,
            Created(metadata),
            [.. community.Spec.Communities.Select(c => new CommunityAliasManifest(c.Name, c.Value))]);
    }

    /// <summary>A BFDProfile as pkg/Config judges it.</summary>
    public static BfdProfileManifest Of(BFDProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        BFDProfileSpec spec = profile.Spec;
        ObjectMeta metadata = profile.Metadata;
        return new(metadata.Namespace ?? "", metadata.Name ?? "", metadata.Generation, Created(metadata))
        {
            ReceiveInterval = spec.ReceiveInterval,
            TransmitInterval = spec.TransmitInterval,
            DetectMultiplier = spec.DetectMultiplier,
            EchoMode = spec.EchoMode ?? false,
            PassiveMode = spec.PassiveMode ?? false,
            MinimumTtl = spec.MinimumTtl,
        };
    }
}
