// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Config.Bgp;

/// <summary>
/// An accepted BGPPeer: a router that nodes keep a session with, or all that connect from a prefix. Exactly one of <see cref="Address"/>,
/// <see cref="Range"/> and <see cref="Interface"/> is set.
/// </summary>
public sealed record BgpPeer(string Namespace, string Name) : INamedObject
{
    /// <summary>AS number of this side, 1 to 4294967295.</summary>
    public required uint MyAsn { get; init; }

    /// <summary>Which AS the peer may be in.</summary>
    public required PeerAsn PeerAsn { get; init; }

    /// <summary>AS number shown to this peer in place of <see cref="MyAsn"/> (RFC 7705); null for none.</summary>
    public uint? LocalAsn { get; init; }

    /// <summary>The AS number the peer sees this side have.</summary>
    public uint ShownAsn => LocalAsn ?? MyAsn;

    /// <summary>Most neighbors of a prefix when nothing is written.</summary>
    public const int DefaultDynamicPeers = 64;

    /// <summary>Address of the peer; null for an unnumbered one, and for a prefix.</summary>
    public IpAddr? Address { get; init; }

    /// <summary>Prefix that peers connect from, each to a session of its own; null for a single peer. Such a peer is passive.</summary>
    public IpPrefix? Range { get; init; }

    /// <summary>Most neighbors that <see cref="Range"/> may have on a node.</summary>
    public int MaxDynamicPeers { get; init; } = DefaultDynamicPeers;

    /// <summary>Interface of an unnumbered peer, whose link-local address is learned; else null.</summary>
    public string? Interface { get; init; }

    /// <summary>Address this side connects from; null leaves it to the kernel.</summary>
    public IpAddr? SourceAddress { get; init; }

    /// <summary>TCP port of the peer.</summary>
    public ushort Port { get; init; } = 179;

    /// <summary>Silence after which the session is given up: zero (never) or 3 s to 65535 s.</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Pause between keepalives, at most a third of the hold time; null for a third of what is negotiated.</summary>
    public TimeSpan? KeepaliveTime { get; init; }

    /// <summary>Pause between attempts to connect, 1 s to 65535 s; null for the daemon's back-off.</summary>
    public TimeSpan? ConnectTime { get; init; }

    /// <summary>BGP identifier, host byte order, not 0; null lets the speaker choose.</summary>
    public uint? RouterId { get; init; }

    /// <summary>Nodes that keep this session; none selects every node.</summary>
    public IReadOnlyList<LabelSelector> NodeSelectors { get; init; } = [];

    /// <summary>Where the TCP MD5 password comes from (RFC 2385).</summary>
    public BgpPassword Password { get; init; }

    /// <summary>The BFDProfile that guards the session; null for none.</summary>
    public BfdProfile? Bfd { get; init; }

    /// <summary>Whether the peer is asked to keep our routes while the speaker restarts (RFC 4724).</summary>
    public bool GracefulRestart { get; init; }

    /// <summary>How long the peer is asked to keep them, 1 s to 4095 s.</summary>
    public TimeSpan RestartTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long after that the peer is asked to keep them as a last resort (RFC 9494), 1 s to 16777215 s; null: not at all.</summary>
    public TimeSpan? LongLivedStaleTime { get; init; }

    /// <summary>Whether an external peer is more than one hop away.</summary>
    public bool EbgpMultiHop { get; init; }

    /// <summary>Most routers on the way from the peer plus one, 1 to 254, for packets to be taken (RFC 5082); null: not checked.</summary>
    public byte? TtlSecurityHops { get; init; }

    /// <summary>Linux VRF the session lives in; null for none.</summary>
    public string? Vrf { get; init; }

    /// <summary>Whether both families are exchanged over this session; else only that of the session's addresses.</summary>
    public bool DualStack { get; init; }

    /// <summary>Whether to wait for the peer to connect and never to connect to it.</summary>
    public bool Passive { get; init; }

    /// <summary>Most prefixes of a family the peer may send before the session is ended; null for no limit.</summary>
    public uint? MaxReceivedPrefixes { get; init; }

    /// <summary>Most prefixes of a family that are announced to the peer; null for no limit.</summary>
    public uint? MaxAnnouncedPrefixes { get; init; }

    /// <summary>Whether a node of these labels keeps the session.</summary>
    public bool SelectsNode(IReadOnlyDictionary<string, string> labels) => NodeSelectors.Count == 0 || LabelSelector.AnyMatches(NodeSelectors, labels);
}
