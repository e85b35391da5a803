// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Informers;

public sealed class InformerOptions
{
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A watch that lasted this long, or delivered anything, was healthy: the next failure starts at FirstRetry again.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>How an informer stands with the server. LastContact is a <see cref="TimeProvider"/> timestamp; 0 before the first contact.</summary>
public readonly record struct InformerHealth(bool Synced, bool Connected, long LastContact, string? LastFault);
