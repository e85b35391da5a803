// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Faults;

/// <summary>One fault to inject: which requests (null = all), how often (null = until cleared), and with what.</summary>
public sealed record Fault(FaultKind Kind)
{
    public string? Verb { get; init; }

    /// <summary>The plural, or plural/subresource.</summary>
    public string? Resource { get; init; }

    public string? User { get; init; }

    public int? Count { get; init; }

    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    public int RetryAfterSeconds { get; init; } = 1;

    public int Code { get; init; } = 500;
}
