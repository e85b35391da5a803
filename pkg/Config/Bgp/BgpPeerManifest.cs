// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Bgp;

/// <summary>
/// A BGPPeer of either version as read from the API, not yet validated: numbers wide enough for what a schema of another release may
/// let through, durations as written. Empty text means the same as an absent field.
/// </summary>
public sealed record BgpPeerManifest(string Namespace, string Name, long Generation, long CreatedAt) : IObjectManifest
{
    public long MyAsn { get; init; }

    public long? PeerAsn { get; init; }

    public string? DynamicAsn { get; init; }

    public long? LocalAsn { get; init; }

    public string? PeerAddress { get; init; }

    public string? Interface { get; init; }

    public string? SourceAddress { get; init; }

    /// <summary>0, which v1beta1 allows, is 179.</summary>
    public long? PeerPort { get; init; }

    public string? HoldTime { get; init; }

    public string? KeepaliveTime { get; init; }

    public string? ConnectTime { get; init; }

    public string? RouterId { get; init; }

    public IReadOnlyList<LabelSelectorManifest> NodeSelectors { get; init; } = [];

    public string? Password { get; init; }

    public string? PasswordSecretName { get; init; }

    public string? PasswordSecretNamespace { get; init; }

    public string? BfdProfile { get; init; }

    public bool EnableGracefulRestart { get; init; }

    public string? RestartTime { get; init; }

    public string? LongLivedStaleTime { get; init; }

    public bool EbgpMultiHop { get; init; }

    public long? TtlSecurityHops { get; init; }

    public string? Vrf { get; init; }

    public bool DualStackAddressFamily { get; init; }

    public bool DisableMp { get; init; }

    public bool Passive { get; init; }

    public long? MaxDynamicPeers { get; init; }

    public long? MaxReceivedPrefixes { get; init; }

    public long? MaxAnnouncedPrefixes { get; init; }

    // A password is in the clear here, and a record prints what it holds.
    private bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append("Namespace = ").Append(Namespace).Append(", Name = ").Append(Name).Append(", Generation = ").Append(Generation);
        return true;
    }
}
