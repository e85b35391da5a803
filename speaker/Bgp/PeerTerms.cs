// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Bfd;
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>A BGPPeer in the terms of what carries it out: the session, the transport and BFD.</summary>
internal static class PeerTerms
{
    private const byte MostHops = 255;

    /// <summary>Options of the session.</summary>
    /// <param name="intent">The peer.</param>
    /// <param name="remote">Its address, learned or configured.</param>
    /// <param name="hostName">Our name, told to the peer.</param>
    /// <param name="restarted">Whether this process follows one whose routes peers may still keep.</param>
    public static SessionOptions Session(PeerIntent intent, IpAddr remote, string hostName, bool restarted)
    {
        BgpPeer peer = intent.Peer;
        ImmutableArray<AfiSafi> families = peer.DualStack || peer.Interface is not null
            ? [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast]
            : [AfiSafi.Unicast(remote.Family)];
        SessionOptions options = new()
        {
            Name = $"BGPPeer {LabelOf(peer, remote)}",
            Open = new SpeakerOpen
            {
                Asn = peer.ShownAsn,
                Identifier = intent.RouterId,
                HoldSeconds = (ushort)peer.HoldTime.TotalSeconds,
                Families = families,
                ExtendedNextHops = remote.IsIPv6 && families.Contains(AfiSafi.IPv4Unicast) ? [ExtendedNextHopEntry.IPv4OverIPv6] : [],
                GracefulRestart = peer.GracefulRestart ? Restart(peer, families) : null,
                LongLivedGracefulRestart = peer.GracefulRestart && peer.LongLivedStaleTime is { } stale ? [.. families.Select(f => new LongLivedGracefulRestartEntry(f, ForwardingPreserved: true, (int)stale.TotalSeconds))] : [],
                HostName = hostName,
            },
            Rules = new PeerRules
            {
                AsKind = peer.PeerAsn.Kind switch
                {
                    PeerAsnKind.Number => PeerAsKind.Exactly,
                    PeerAsnKind.Internal => PeerAsKind.Internal,
                    PeerAsnKind.External => PeerAsKind.External,
                    _ => throw new System.Diagnostics.UnreachableException(),
                },
                Asn = peer.PeerAsn.Number,
            },
            Passive = peer.Passive,
            KeepaliveTime = peer.KeepaliveTime,
            MaxPrefixes = (int)Math.Min(peer.MaxReceivedPrefixes ?? 0, SessionOptions.MostPrefixesCounted),
            Restarted = restarted && peer.GracefulRestart,
        };
        return peer.ConnectTime is { } pause ? options with { ConnectRetryTime = pause } : options;
    }

    /// <summary>Options of a connection.</summary>
    public static TcpOptions Transport(PeerIntent intent, TimeSpan connectTimeout) => new()
    {
        Hops = Hops(intent.Peer),
        Key = intent.Key,
        Device = intent.Peer.Vrf ?? intent.Peer.Interface,
        Source = intent.Peer.SourceAddress,
        ConnectTimeout = connectTimeout,
        UserTimeout = intent.Peer.HoldTime,
    };

    /// <summary>Parameters of the BFD session that guards the peer; null for none.</summary>
    public static BfdParameters? Bfd(BgpPeer peer) => peer.Bfd is not { } profile ? null : new()
    {
        ReceiveInterval = profile.ReceiveInterval,
        TransmitInterval = profile.TransmitInterval,
        DetectMultiplier = profile.DetectMultiplier,
        Passive = profile.Passive,
        MinimumHopLimit = profile.MinimumTtl,
    };

    /// <summary>What a neighbor is called: its BGPPeer, and its address where that has several.</summary>
    public static string LabelOf(BgpPeer peer, IpAddr? remote) => peer.Range is not null && remote is { } address ? $"{peer.Name} ({address})" : peer.Name;

    /// <summary>Whether the session is within an AS.</summary>
    public static bool IsInternal(BgpPeer peer) => peer.PeerAsn.IsInternal(peer.ShownAsn);

    /// <summary>How long a dynamic neighbor that is gone is remembered: as long as its routes may be kept, or we would have waited for a word.</summary>
    public static TimeSpan Remembered(BgpPeer peer) =>
        peer.GracefulRestart ? peer.RestartTime : peer.HoldTime > TimeSpan.Zero ? peer.HoldTime : TimeSpan.FromSeconds(90);

    private static TcpHops Hops(BgpPeer peer) =>
        peer.TtlSecurityHops is { } secured ? TcpHops.Secured(secured)
        : IsInternal(peer) ? TcpHops.Any
        : peer.EbgpMultiHop ? TcpHops.Multihop(MostHops)
        : TcpHops.Direct;

    private static GracefulRestartTerms Restart(BgpPeer peer, ImmutableArray<AfiSafi> families) => new()
    {
        RestartSeconds = (int)peer.RestartTime.TotalSeconds,
        // The kernel goes on forwarding while the speaker is away.
        Families = [.. families.Select(static family => new GracefulRestartEntry(family, ForwardingPreserved: true))],
    };
}
