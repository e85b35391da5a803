// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Events;

public enum EventType
{
    Normal,
    Warning,
}

public sealed class EventRecorderOptions
{
    /// <summary>Who reports: "controller", "speaker".</summary>
    public required string Component { get; init; }

    /// <summary>Which one of them: the pod or the node.</summary>
    public required string Instance { get; init; }

    /// <summary>The same event within this time of the last is counted, not written anew.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Different events remembered for counting.</summary>
    public int Remembered { get; init; } = 4096;

    /// <summary>Events waiting to be written; more are dropped and counted.</summary>
    public int Waiting { get; init; } = 4096;

    /// <summary>Writes a second, in the long run.</summary>
    public double Rate { get; init; } = 50;

    /// <summary>Writes at once, after a quiet time.</summary>
    public double Burst { get; init; } = 500;
}
