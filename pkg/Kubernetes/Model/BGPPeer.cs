// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>
/// metallb.io/v1beta2 BGPPeer, as written by a user: validated by pkg/Config, not here. An object stored as v1beta1 has the same
/// fields, its node selectors too, and only lacks the newer ones, so nothing is converted.
/// </summary>
public sealed class BGPPeer : IKubeObject
{
    public string ApiVersion => "metallb.io/v1beta2";

    public string Kind => "BGPPeer";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public BGPPeerSpec Spec { get; set => field = value ?? new(); } = new();

    public BGPPeerStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class BGPPeerSpec
{
    [JsonPropertyName("myASN")]
    public long MyAsn { get; set; }

    [JsonPropertyName("peerASN")]
    public long? PeerAsn { get; set; }

    [JsonPropertyName("dynamicASN")]
    public string? DynamicAsn { get; set; }

    [JsonPropertyName("localASN")]
    public long? LocalAsn { get; set; }

    public string? PeerAddress { get; set; }

    public string? Interface { get; set; }

    public string? SourceAddress { get; set; }

    public long? PeerPort { get; set; }

    /// <summary>As written, like the other durations: one that cannot be read is told in the object's condition.</summary>
    public string? HoldTime { get; set; }

    public string? KeepaliveTime { get; set; }

    public string? ConnectTime { get; set; }

    [JsonPropertyName("routerID")]
    public string? RouterId { get; set; }

    public IReadOnlyList<LabelSelector> NodeSelectors { get; set => field = value ?? []; } = [];

    public string? Password { get; set; }

    public SecretReference? PasswordSecret { get; set; }

    public string? BfdProfile { get; set; }

    public bool? EnableGracefulRestart { get; set; }

    public string? RestartTime { get; set; }

    public string? LongLivedStaleTime { get; set; }

    public bool? EbgpMultiHop { get; set; }

    public long? TtlSecurityHops { get; set; }

    public string? Vrf { get; set; }

    [JsonPropertyName("disableMP")]
    public bool? DisableMp { get; set; }

    public bool? DualStackAddressFamily { get; set; }

    public bool? Passive { get; set; }

    public long? MaxDynamicPeers { get; set; }

    public long? MaxReceivedPrefixes { get; set; }

    public long? MaxAnnouncedPrefixes { get; set; }
}

public sealed class SecretReference
{
    public string? Name { get; set; }

    public string? Namespace { get; set; }
}
