// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Kubernetes;

internal static partial class Log
{
    [LoggerMessage(12600, LogLevel.Information, "The cluster's objects make {Instances} instances and {Servers} virtual servers here")]
    public static partial void Configured(ILogger logger, int instances, int servers);

    [LoggerMessage(12601, LogLevel.Information, "Entry of the services ConfigMap: {Message}")]
    public static partial void EntryAccepted(ILogger logger, string message);

    [LoggerMessage(12602, LogLevel.Warning, "Entry of the services ConfigMap is refused: {Message}")]
    public static partial void EntryRefused(ILogger logger, string message);

    [LoggerMessage(12603, LogLevel.Warning, "ConfigMap {Name} was deleted, and its addresses stay as they are: create it again, empty if none is to be held")]
    public static partial void ConfigMapGone(ILogger logger, ObjectKey name);

    [LoggerMessage(12604, LogLevel.Warning, "Status of VirtualIP {Name} could not be written: {Reason}")]
    public static partial void StatusFailed(ILogger logger, string name, string reason);

    [LoggerMessage(12606, LogLevel.Information, "Node {Node} is gone from the cluster, and is taken out of the status of VirtualIP {Name}")]
    public static partial void NodeGone(ILogger logger, string node, string name);

    [LoggerMessage(12605, LogLevel.Warning, "Pod {Name} could not be read, so every node counts as one that takes part: {Reason}")]
    public static partial void PodUnknown(ILogger logger, ObjectKey name, string reason);

    [LoggerMessage(12607, LogLevel.Warning, "Virtual routers of others cannot be heard, and a number that one of them has may be given to a VirtualIP: {Fault}")]
    public static partial void NotHeard(ILogger logger, string fault);
}
