// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Runtime.Http;
using LoadBalancer.Vipd.Kubernetes;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

/// <summary>What the command line says, validated.</summary>
internal sealed record VipdOptions
{
    public required string ConfigPath { get; init; }

    public required string NodeName { get; init; }

    public required string StateDirectory { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required DiagnosticsOptions Diagnostics { get; init; }

    /// <summary>Which cluster is followed, if any.</summary>
    public required KubernetesOptions Kubernetes { get; init; }
}
