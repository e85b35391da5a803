// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Forwarding;

internal static partial class Log
{
    [LoggerMessage(12500, LogLevel.Warning, "Virtual server {Server}: {Address} port {Port} is down: {Reason}")]
    public static partial void ServerDown(ILogger logger, string server, IpAddr address, int port, string reason);

    [LoggerMessage(12501, LogLevel.Information, "Virtual server {Server}: {Address} port {Port} is up: {Reason}")]
    public static partial void ServerUp(ILogger logger, string server, IpAddr address, int port, string reason);

    [LoggerMessage(12502, LogLevel.Information, "Virtual server {Server} has its quorum: a weight of {Weight} is up")]
    public static partial void QuorumGained(ILogger logger, string server, long weight);

    [LoggerMessage(12503, LogLevel.Warning, "Virtual server {Server} has lost its quorum: a weight of {Weight} is up")]
    public static partial void QuorumLost(ILogger logger, string server, long weight);

    [LoggerMessage(12504, LogLevel.Warning, "Virtual server {Server}: {Problem}")]
    public static partial void ServerProblem(ILogger logger, string server, string problem);

    [LoggerMessage(12505, LogLevel.Error, "Forwarding: {Problem}")]
    public static partial void Problem(ILogger logger, string problem);

    [LoggerMessage(12506, LogLevel.Information, "Forwarding is as it is to be: {Services} services")]
    public static partial void Active(ILogger logger, int services);

    [LoggerMessage(12507, LogLevel.Warning, "The table of the forwarding rules was changed by another program: it is made anew")]
    public static partial void Meddled(ILogger logger);

    [LoggerMessage(12508, LogLevel.Warning, "Program {Program} failed: {Reason}")]
    public static partial void HookFailed(ILogger logger, string program, string reason);

    [LoggerMessage(12509, LogLevel.Warning, "Program {Program} is not run: {Count} others wait already")]
    public static partial void HookDropped(ILogger logger, string program, int count);

    [LoggerMessage(12510, LogLevel.Information, "Forwarding: {Note}")]
    public static partial void Note(ILogger logger, string note);

    [LoggerMessage(12511, LogLevel.Information, "{Count} connections to failed servers were cut, so that their clients find others")]
    public static partial void Cut(ILogger logger, long count);
}
