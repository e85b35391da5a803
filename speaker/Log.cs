// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Membership;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker;

internal static partial class Log
{
    [LoggerMessage(11000, LogLevel.Information, "Speaker started on node {Node}: API server {Server}, namespace {Namespace}, heartbeats {Authentication}")]
    public static partial void Started(ILogger logger, string node, string server, string @namespace, string authentication);

    [LoggerMessage(11001, LogLevel.Information, "Speaker stopped, everything is handed over")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(11002, LogLevel.Warning, "Speaker stops without a handover: it took longer than {Limit}")]
    public static partial void HandoverTimedOut(ILogger logger, TimeSpan limit);

    [LoggerMessage(11003, LogLevel.Information, "Node {Node} on {Interface}: {Kind}")]
    public static partial void Member(ILogger logger, string node, string @interface, MemberEventKind kind);

    [LoggerMessage(11004, LogLevel.Information, "Interface {Interface} announces, with {Mac}")]
    public static partial void InterfaceAdded(ILogger logger, string @interface, MacAddr mac);

    [LoggerMessage(11005, LogLevel.Information, "Interface {Interface} announces no longer: it is down, gone or excluded")]
    public static partial void InterfaceRemoved(ILogger logger, string @interface);

    [LoggerMessage(11006, LogLevel.Warning, "A socket could not be opened and will be tried again: {Fault}")]
    public static partial void SocketFailed(ILogger logger, string fault);

    [LoggerMessage(11007, LogLevel.Warning, "{Vip} is claimed by {Mac} on {Interface} as well; it is defended. Find the host with that hardware address and take the address from it; if it is a node of this cluster, heartbeats do not pass between the two nodes")]
    public static partial void ForeignClaim(ILogger logger, IpAddr vip, MacAddr mac, string @interface);

    [LoggerMessage(11008, LogLevel.Information, "{Vip} is announced from here on {Interface}: {Reason}")]
    public static partial void Announcing(ILogger logger, IpAddr vip, string @interface, ElectionReason reason);

    [LoggerMessage(11009, LogLevel.Information, "{Vip} is no longer announced from here on {Interface}: {Reason}")]
    public static partial void Withdrawn(ILogger logger, IpAddr vip, string @interface, ElectionReason reason);

    [LoggerMessage(11010, LogLevel.Information, "All is read: {Services} Services with addresses, {Advertisements} advertisements in force")]
    public static partial void Loaded(ILogger logger, int services, int advertisements);

    [LoggerMessage(11011, LogLevel.Warning, "The ServiceL2Status of {Service} could not be written and will be tried again: {Fault}")]
    public static partial void StatusFailed(ILogger logger, string service, string fault);

    [LoggerMessage(11012, LogLevel.Information, "{Vip} is no longer claimed by {Mac} on {Interface}")]
    public static partial void ForeignClaimEnded(ILogger logger, IpAddr vip, MacAddr mac, string @interface);

    [LoggerMessage(11020, LogLevel.Information, "BGP with {Peer} is up: AS {Asn}, {Families}, hold time {Hold} s")]
    public static partial void PeerUp(ILogger logger, string peer, uint asn, string families, int hold);

    [LoggerMessage(11021, LogLevel.Warning, "BGP with {Peer} is down: {Why}")]
    public static partial void PeerDown(ILogger logger, string peer, string why);

    [LoggerMessage(11022, LogLevel.Information, "BGP with {Peer}: an attempt ended: {Why}")]
    public static partial void AttemptEnded(ILogger logger, string peer, string why);

    [LoggerMessage(11023, LogLevel.Debug, "BGP with {Peer}: {From} -> {To}")]
    public static partial void PeerState(ILogger logger, string peer, SessionState from, SessionState to);

    [LoggerMessage(11024, LogLevel.Warning, "BGP with {Peer}: {What}")]
    public static partial void PeerWarning(ILogger logger, string peer, string what);

    [LoggerMessage(11025, LogLevel.Debug, "BGP with {Peer}: {Kind} {Family}, {Prefixes} prefixes")]
    public static partial void PeerNotice(ILogger logger, string peer, SessionNoticeKind kind, string family, int prefixes);

    [LoggerMessage(11026, LogLevel.Information, "A BGP connection from {Remote} was closed unread: {Why}; so were {Untold} others since this was last said")]
    public static partial void ConnectionUnread(ILogger logger, string remote, string why, long untold);

    [LoggerMessage(11040, LogLevel.Warning, "Not all routes are known {Seconds} s after the first BGP session came up: routers are told that the {Routes} there are is all, and drop what they kept of the speaker before")]
    public static partial void InitialStateGivenUp(ILogger logger, double seconds, int routes);

    [LoggerMessage(11027, LogLevel.Warning, "A BGP connection from {Remote} was not taken: {Fault}")]
    public static partial void ConnectionRefused(ILogger logger, string remote, string fault);

    [LoggerMessage(11029, LogLevel.Warning, "The {What} could not be written and will be tried again: {Fault}")]
    public static partial void BgpStatusFailed(ILogger logger, string what, string fault);

    [LoggerMessage(11028, LogLevel.Warning, "Listening for {Peer} failed: {Fault}")]
    public static partial void ListenFailed(ILogger logger, string peer, string fault);
}
