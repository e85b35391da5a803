// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Runtime.Http;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Runtime.Options;

/// <summary>What every daemon that works beside Kubernetes is told on its command line, validated.</summary>
public sealed record CommonOptions
{
    /// <summary>Path of a kubeconfig file; null for the pod's own service account.</summary>
    public required string? KubeConfigPath { get; init; }

    /// <summary>The namespace that holds the daemon's configuration objects.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name the daemon gives itself in leases and events.</summary>
    public required string PodName { get; init; }

    /// <summary>The class of Services to serve; null for those without one.</summary>
    public required string? LoadBalancerClass { get; init; }

    /// <summary>The least severe log level that is written.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>Where the daemon answers for itself.</summary>
    public required DiagnosticsOptions Diagnostics { get; init; }

    /// <summary>The endpoint <c>status</c> asks.</summary>
    public Uri StatusEndpoint => new UriBuilder(
        Uri.UriSchemeHttp,
        Diagnostics.BindAddress.Equals(IPAddress.Any) ? IPAddress.Loopback.ToString() : Diagnostics.BindAddress.ToString(),
        Diagnostics.MetricsPort,
        "/status").Uri;
}
