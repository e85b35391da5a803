// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Leases;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Kubernetes;

/// <summary>Event ids 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Warning, "Contact with the API server for {Resource} is lost: {Fault}")]
    internal static partial void Lost(ILogger logger, string resource, string fault);

    [LoggerMessage(2001, LogLevel.Information, "Contact with the API server for {Resource} is back")]
    internal static partial void Restored(ILogger logger, string resource);

    [LoggerMessage(2002, LogLevel.Debug, "The version of {Resource} last seen is too old for the server: listing again")]
    internal static partial void Expired(ILogger logger, string resource);

    [LoggerMessage(2003, LogLevel.Error, "An object of {Resource} is left as it was known: {Problem}")]
    internal static partial void Unreadable(ILogger logger, string resource, string problem);

    [LoggerMessage(2010, LogLevel.Warning, "Events are not written: {Fault}")]
    internal static partial void EventsFailed(ILogger logger, string fault);

    [LoggerMessage(2011, LogLevel.Debug, "An event about {Kind} {Name} is dropped: {Fault}")]
    internal static partial void EventDropped(ILogger logger, string kind, string? name, string fault);

    [LoggerMessage(2020, LogLevel.Information, "{Identity} leads {Lease}")]
    internal static partial void Leading(ILogger logger, string identity, string lease);

    [LoggerMessage(2021, LogLevel.Warning, "{Identity} leads {Lease} no longer: {Reason}")]
    internal static partial void NotLeading(ILogger logger, string identity, string lease, LeaseChange reason);

    [LoggerMessage(2022, LogLevel.Warning, "Lease {Lease} cannot be read or written: {Fault}")]
    internal static partial void LeaseFailed(ILogger logger, string lease, string fault);
}
