// SPDX-License-Identifier: Apache-2.0
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
}
