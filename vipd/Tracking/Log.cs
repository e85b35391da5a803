// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Tracking;

internal static partial class Log
{
    [LoggerMessage(12300, LogLevel.Information, "{Tracked} is up: {Detail}")]
    public static partial void Up(ILogger logger, string tracked, string detail);

    [LoggerMessage(12301, LogLevel.Warning, "{Tracked} is down: {Detail}")]
    public static partial void Down(ILogger logger, string tracked, string detail);

    [LoggerMessage(12302, LogLevel.Information, "{Tracked} says {Value}")]
    public static partial void Value(ILogger logger, string tracked, int value);

    [LoggerMessage(12303, LogLevel.Warning, "{Tracked} has a problem: {Problem}")]
    public static partial void Problem(ILogger logger, string tracked, string problem);

    [LoggerMessage(12304, LogLevel.Information, "Processes are watched by the kernel's notices")]
    public static partial void ProcessesByNotices(ILogger logger);

    [LoggerMessage(12305, LogLevel.Information, "Processes are looked at every {Interval}: the kernel tells nothing of them to this process, which takes CAP_NET_ADMIN and the host's process ids (hostPID)")]
    public static partial void ProcessesByLooking(ILogger logger, TimeSpan interval);
}
