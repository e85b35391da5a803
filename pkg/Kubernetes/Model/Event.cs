// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>A core/v1 Event: what <c>kubectl describe</c> lists under an object.</summary>
public sealed class Event : IKubeObject
{
    public string ApiVersion => "v1";

    public string Kind => "Event";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public ObjectReference InvolvedObject { get; set => field = value ?? new(); } = new();

    public string? Reason { get; set; }

    public string? Message { get; set; }

    public EventSource? Source { get; set; }

    /// <summary>Normal or Warning.</summary>
    public string? Type { get; set; }

    public DateTimeOffset? FirstTimestamp { get; set; }

    public DateTimeOffset? LastTimestamp { get; set; }

    public int? Count { get; set; }

    public string? ReportingComponent { get; set; }

    public string? ReportingInstance { get; set; }
}

public sealed class EventSource
{
    public string? Component { get; set; }

    public string? Host { get; set; }
}
