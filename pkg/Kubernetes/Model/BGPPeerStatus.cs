// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

public sealed class BGPPeerStatus
{
    public IReadOnlyList<Condition> Conditions { get; set => field = value ?? []; } = [];

    /// <summary>One element for each node that keeps the session, written by the speaker there.</summary>
    public IReadOnlyList<BGPSession> Sessions { get; set => field = value ?? []; } = [];
}

/// <summary>The session of one node with the peer.</summary>
public sealed class BGPSession
{
    /// <summary>Key of the list.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string Node { get; set => field = value ?? ""; } = "";

    /// <summary>Idle, Connect, Active, OpenSent, OpenConfirm or Established.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string State { get; set => field = value ?? ""; } = "";

    /// <summary>When the state was last entered.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>Why the session was last lost or could not be had, in words.</summary>
    public string? LastError { get; set; }

    /// <summary>AS number the peer has given.</summary>
    [JsonPropertyName("peerASN")]
    public long? PeerAsn { get; set; }

    /// <summary>BGP identifier the peer has given, in IPv4 form.</summary>
    [JsonPropertyName("routerID")]
    public string? RouterId { get; set; }

    /// <summary>Families exchanged, such as ipv4-unicast.</summary>
    public IReadOnlyList<string> Families { get; set => field = value ?? []; } = [];

    /// <summary>Capabilities both sides have.</summary>
    public IReadOnlyList<string> Capabilities { get; set => field = value ?? []; } = [];

    public long? PrefixesSent { get; set; }

    public long? PrefixesReceived { get; set; }

    /// <summary>AdminDown, Down, Init or Up; absent without BFD.</summary>
    public string? BfdState { get; set; }

    /// <summary>Peers that connected from the prefix of the object; some of them when there are many.</summary>
    public IReadOnlyList<BGPDynamicPeer> DynamicPeers { get; set => field = value ?? []; } = [];
}

/// <summary>One of the peers that connected to a node from a prefix.</summary>
public sealed record BGPDynamicPeer
{
    public string Address { get; init => field = value ?? ""; } = "";

    /// <summary>As that of the session.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string State { get; init => field = value ?? ""; } = "";

    /// <summary>AS number the peer has given.</summary>
    [JsonPropertyName("peerASN")]
    public long? PeerAsn { get; init; }

    /// <summary>Why its session was last lost or could not be had, in words.</summary>
    public string? LastError { get; init; }

    /// <summary>As that of the session.</summary>
    public string? BfdState { get; init; }
}
