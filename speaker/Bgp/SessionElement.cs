// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>A router's session as BGPPeer.status.sessions has it.</summary>
internal static class SessionElement
{
    // What the definition allows.
    private const int MostErrorChars = 1024;
    private const int MostDynamicPeers = 32;
    private const int MostDynamicErrorChars = 256;

    /// <summary>The element of a node.</summary>
    /// <param name="report">The session.</param>
    /// <param name="node">The node.</param>
    /// <param name="since">When its state was entered.</param>
    public static BGPSession Of(NeighborReport report, string node, DateTimeOffset? since)
    {
        if (report.Intent.Peer.Range is not null)
            return OfRange(report, node, since);
        NegotiatedSession? negotiated = report.Session?.Negotiated;
        return new BGPSession
        {
            Node = node,
            State = StateOf(report),
            Since = since is { } at ? DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()) : null,
            LastError = Shortened(ErrorOf(report), MostErrorChars),
            PeerAsn = negotiated?.PeerAs,
            RouterId = negotiated is null ? null : IpAddr.FromUInt32(negotiated.PeerIdentifier).ToString(),
            Families = negotiated is null ? [] : [.. negotiated.Families.Select(static f => f.ToString())],
            Capabilities = negotiated is null ? [] : [.. Capabilities(negotiated)],
            PrefixesSent = negotiated is null ? null : Sent(report),
            PrefixesReceived = negotiated is null ? null : Received(report),
            BfdState = BfdOf(report),
        };
    }

    // What is told of one router would be said of all: it is in its own element.
    private static BGPSession OfRange(NeighborReport report, string node, DateTimeOffset? since) => new()
    {
        Node = node,
        State = StateOf(report),
        Since = report.Session is not null && since is { } at ? DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()) : null,
        LastError = Shortened(report.Intent.Hindrance, MostErrorChars),
        PrefixesSent = report.Session is null ? null : Sent(report),
        PrefixesReceived = report.Session is null ? null : Received(report),
        DynamicPeers = [.. report.Members.OrderBy(static m => m.Session?.State == SessionState.Established ? 0 : 1).Take(MostDynamicPeers).OrderBy(static m => m.Remote).Select(static m => new BGPDynamicPeer
        {
            Address = m.Remote.ToString()!,
            State = StateOf(m),
            PeerAsn = m.Session?.Negotiated?.PeerAs,
            LastError = Shortened(ErrorOf(m), MostDynamicErrorChars),
            BfdState = BfdOf(m),
        })],
    };

    /// <summary>The state of a session in a word; a prefix that nobody has connected from waits in Active.</summary>
    public static string StateOf(NeighborReport report) =>
        (report.Session?.State ?? (report.Intent is { Hindrance: null, Peer.Range: not null } ? SessionState.Active : SessionState.Idle)).ToString();

    /// <summary>Why there is no session, or why the last one ended; null when all was well ever since.</summary>
    public static string? ErrorOf(NeighborReport report) =>
        report.Intent.Hindrance ?? (report.BfdFault is { } fault ? $"BFD cannot guard the session: {fault}" : null) ?? EndOf(report);

    /// <summary>How the last session or attempt ended; null when none has.</summary>
    public static string? EndOf(NeighborReport report)
    {
        // The sentence begins with the object's name, for logs: here it stands beside it.
        string prefix = $"BGPPeer {report.Label}: ";
        string? text = report.Session?.LastEnd?.Text;
        return text?.StartsWith(prefix, StringComparison.Ordinal) == true ? text[prefix.Length..] : text;
    }

    /// <summary>Prefixes the router has been told.</summary>
    public static long Sent(NeighborReport report) => (long)report.AdvertisedIPv4 + report.AdvertisedIPv6;

    /// <summary>Prefixes the router announces.</summary>
    public static long Received(NeighborReport report) => report.Members.Length > 0 ? report.Members.Sum(Received) : report.Session?.Families.Sum(static f => (long)f.Prefixes) ?? 0;

    /// <summary>Whether two elements say the same.</summary>
    public static bool Same(BGPSession a, BGPSession b) =>
        (a.Node, a.State, a.Since, a.LastError, a.PeerAsn, a.RouterId, a.PrefixesSent, a.PrefixesReceived, a.BfdState)
            == (b.Node, b.State, b.Since, b.LastError, b.PeerAsn, b.RouterId, b.PrefixesSent, b.PrefixesReceived, b.BfdState)
        && a.DynamicPeers.SequenceEqual(b.DynamicPeers) && a.Families.SequenceEqual(b.Families) && a.Capabilities.SequenceEqual(b.Capabilities);

    private static string? Shortened(string? text, int most) => text?.Length > most ? text[..most] : text;

    private static string? BfdOf(NeighborReport report) => report.Intent.Peer.Bfd is null ? null : (report.Bfd ?? Bfd.BfdState.Down).ToString();

    private static IEnumerable<string> Capabilities(NegotiatedSession negotiated)
    {
        if (negotiated.Peer.FourOctetAs is not null)
            yield return "four-octet-as";
        if (negotiated.RouteRefresh)
            yield return "route-refresh";
        if (negotiated.EnhancedRouteRefresh)
            yield return "enhanced-route-refresh";
        if (negotiated.ExtendedMessages)
            yield return "extended-message";
        if (negotiated.GracefulRestart is not null)
            yield return "graceful-restart";
        if (negotiated.NotificationPreserves)
            yield return "graceful-notification";
        if (negotiated.AddPathSend.Length > 0)
            yield return "add-path";
        if (negotiated.Peer.ExtendedNextHops.Length > 0)
            yield return "extended-next-hop";
    }
}
