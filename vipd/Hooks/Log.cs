// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Hooks;

internal static partial class Log
{
    [LoggerMessage(12400, LogLevel.Debug, "Hook {Program} was told {Kind} {Name} {State}")]
    public static partial void ProgramDone(ILogger logger, string program, string kind, string name, string state);

    [LoggerMessage(12401, LogLevel.Warning, "Hook {Program} failed for {Kind} {Name} {State}: {Reason}")]
    public static partial void ProgramFailed(ILogger logger, string program, string kind, string name, string state, string reason);

    [LoggerMessage(12402, LogLevel.Debug, "Webhook at {Server} was told {Kind} {Name} {State}")]
    public static partial void WebhookDone(ILogger logger, string server, string kind, string name, string state);

    [LoggerMessage(12403, LogLevel.Warning, "Webhook at {Server} was not told {Kind} {Name} {State}: {Reason}")]
    public static partial void WebhookFailed(ILogger logger, string server, string kind, string name, string state, string reason);

    [LoggerMessage(12404, LogLevel.Warning, "{Kind} {Name} {State} is not told any more: later transitions wait, and hooks are slower than they come")]
    public static partial void Dropped(ILogger logger, string kind, string name, string state);

    [LoggerMessage(12405, LogLevel.Warning, "Hooks were ended: {Count} queues were not empty after {Limit}")]
    public static partial void FlushEnded(ILogger logger, TimeSpan limit, int count);
}
