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

    /// <summary>The element of a node.</summary>
    /// <param name="report">The session.</param>
    /// <param name="node">The node.</param>
    /// <param name="since">When its state was entered.</param>
    public static BGPSession Of(NeighborReport report, string node, DateTimeOffset? since)
    {
        NegotiatedSession? negotiated = report.Session?.Negotiated;
        return new BGPSession
        {
            Node = node,
            State = (report.Session?.State ?? SessionState.Idle).ToString(),
            Since = since is { } at ? DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()) : null,
            LastError = ErrorOf(report) is { } error ? error[..Math.Min(error.Length, MostErrorChars)] : null,
            PeerAsn = negotiated?.PeerAs,
            RouterId = negotiated is null ? null : IpAddr.FromUInt32(negotiated.PeerIdentifier).ToString(),
            Families = negotiated is null ? [] : [.. negotiated.Families.Select(static f => f.ToString())],
            Capabilities = negotiated is null ? [] : [.. Capabilities(negotiated)],
            PrefixesSent = negotiated is null ? null : Sent(report),
            PrefixesReceived = negotiated is null ? null : Received(report),
            BfdState = report.Intent.Peer.Bfd is null ? null : (report.Bfd ?? Bfd.BfdState.Down).ToString(),
        };
    }

    /// <summary>Why there is no session, or why the last one ended; null when all was well ever since.</summary>
    public static string? ErrorOf(NeighborReport report) =>
        report.Intent.Hindrance ?? (report.BfdFault is { } fault ? $"BFD cannot guard the session: {fault}" : null) ?? EndOf(report);

    /// <summary>How the last session or attempt ended; null when none has.</summary>
    public static string? EndOf(NeighborReport report)
    {
        // The sentence begins with the object's name, for logs: here it stands beside it.
        string prefix = $"BGPPeer {report.Name}: ";
        string? text = report.Session?.LastEnd?.Text;
        return text?.StartsWith(prefix, StringComparison.Ordinal) == true ? text[prefix.Length..] : text;
    }

    /// <summary>Prefixes the router has been told.</summary>
    public static long Sent(NeighborReport report) => (long)report.AdvertisedIPv4 + report.AdvertisedIPv6;

    /// <summary>Prefixes the router announces.</summary>
    public static long Received(NeighborReport report) => report.Session?.Families.Sum(static f => (long)f.Prefixes) ?? 0;

    /// <summary>Whether two elements say the same.</summary>
    public static bool Same(BGPSession a, BGPSession b) =>
        (a.Node, a.State, a.Since, a.LastError, a.PeerAsn, a.RouterId, a.PrefixesSent, a.PrefixesReceived, a.BfdState)
            == (b.Node, b.State, b.Since, b.LastError, b.PeerAsn, b.RouterId, b.PrefixesSent, b.PrefixesReceived, b.BfdState)
        && a.Families.SequenceEqual(b.Families) && a.Capabilities.SequenceEqual(b.Capabilities);

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
