// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Runtime.Http;

/// <summary>What a daemon says of itself; each is called on a request's thread and reads published snapshots only.</summary>
/// <param name="Metrics">The Prometheus text.</param>
/// <param name="Status">What the daemon believes, as JSON.</param>
/// <param name="Unhealthy">Why the process should be restarted; null when it need not.</param>
/// <param name="NotReady">Why the process does no work yet; null when it does.</param>
public sealed record DiagnosticsSources(Func<string> Metrics, Func<string> Status, Func<string?> Unhealthy, Func<string?> NotReady)
{
    /// <summary>Brings up to date what the metrics are read from; they are shown even when it cannot.</summary>
    public Func<CancellationToken, Task>? BeforeMetrics { get; init; }

    /// <summary>Further JSON documents by path, made when they are asked for.</summary>
    public IReadOnlyDictionary<string, Func<CancellationToken, Task<string>>> Documents { get; init; } = new Dictionary<string, Func<CancellationToken, Task<string>>>();
}
