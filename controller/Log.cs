// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Controller;

internal static partial class Log
{
    [LoggerMessage(10000, LogLevel.Information, "Controller started: API server {Server}, namespace {Namespace}, class '{Class}'")]
    public static partial void Started(ILogger logger, string server, string @namespace, string @class);

    [LoggerMessage(10001, LogLevel.Information, "Controller stopped, the Lease is given back")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(10002, LogLevel.Information, "All is read: {Services} Services of ours, {Pools} pools in force")]
    public static partial void Loaded(ILogger logger, int services, int pools);

    [LoggerMessage(10003, LogLevel.Information, "{Service}: {Reason}: {Message}")]
    public static partial void ServiceEvent(ILogger logger, string service, string reason, string message);

    [LoggerMessage(10004, LogLevel.Warning, "{Service}: the status could not be written and will be tried again: {Fault}")]
    public static partial void WriteFailed(ILogger logger, string service, string fault);

    [LoggerMessage(10005, LogLevel.Information, "{Reason}: {Message}")]
    public static partial void Verdict(ILogger logger, string reason, string message);

    [LoggerMessage(10006, LogLevel.Warning, "{Kind} {Name}: its status could not be written and will be tried again: {Fault}")]
    public static partial void VerdictFailed(ILogger logger, string kind, string name, string fault);

    [LoggerMessage(10007, LogLevel.Information, "Secret {Secret} with the speakers' heartbeat key was missing and is created")]
    public static partial void KeyCreated(ILogger logger, string secret);

    [LoggerMessage(10008, LogLevel.Warning, "Secret {Secret} with the speakers' heartbeat key could not be read or created and will be tried again: {Fault}")]
    public static partial void KeyFailed(ILogger logger, string secret, string fault);

    [LoggerMessage(10009, LogLevel.Warning, "{Service}: the server accepted the status and changed nothing; it will be written again later. Look for an admission policy that strips it")]
    public static partial void WriteIgnored(ILogger logger, string service);

    [LoggerMessage(10010, LogLevel.Warning, "ConfigurationState controller could not be written and will be tried again: {Fault}")]
    public static partial void ReportFailed(ILogger logger, string fault);

    [LoggerMessage(10011, LogLevel.Warning, "{Kind} {Name}: the server took its status and kept no Accepted condition; apply the CustomResourceDefinitions of this release. It will be written again later")]
    public static partial void VerdictIgnored(ILogger logger, string kind, string name);

    [LoggerMessage(10012, LogLevel.Information, "{Count} sessions and statuses of nodes that exist no longer are removed: {Nodes}")]
    public static partial void RemnantsRemoved(ILogger logger, int count, string nodes);

    [LoggerMessage(10013, LogLevel.Warning, "Sessions and statuses of nodes that exist no longer could not be looked for or removed and will be later: {Fault}")]
    public static partial void RemnantsFailed(ILogger logger, string fault);
}
