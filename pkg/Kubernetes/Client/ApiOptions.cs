// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Client;

/// <summary>Which objects a list or a watch is about. Empty or absent means all.</summary>
public readonly record struct Selection(string? Namespace = null, string? LabelSelector = null, string? FieldSelector = null);

/// <summary>How a patch changes an object.</summary>
public enum PatchType
{
    /// <summary>RFC 7386: the fields given replace those of the object, null removes.</summary>
    Merge,

    /// <summary>RFC 6902: a list of operations.</summary>
    Json,

    /// <summary>Server-side apply: the fields given become those of the field manager.</summary>
    Apply,
}

/// <summary>Subresource is "status" or absent. Force takes fields over from other managers (apply only).</summary>
public readonly record struct PatchOptions(string? Subresource = null, string? FieldManager = null, bool Force = false)
{
    public static PatchOptions Status { get; } = new("status");
}

/// <summary>Preconditions: an object with another uid or resourceVersion is not deleted (409 instead).</summary>
public readonly record struct DeleteOptions(string? Uid = null, string? ResourceVersion = null);

/// <summary>Limits of an <see cref="ApiClient"/>.</summary>
public sealed class ApiClientOptions
{
    /// <summary>From sending a request to the end of its answer; for a watch, to its headers.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The shortest time a watch asks to last; each asks for one to two times this, so that watches do not end together.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A watch still open this long after it should have ended is dropped.</summary>
    public TimeSpan WatchGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Objects per page of a list.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>How often one call is sent when the server says "later" (429, 503).</summary>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>The longest Retry-After that a call waits for itself.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest answer that is read, and the largest single watch event, in octets.</summary>
    public int MaxAnswerOctets { get; init; } = 64 * 1024 * 1024;

    /// <summary>Connections under HTTP/1.1; HTTP/2 needs one or two.</summary>
    public int MaxConnections { get; init; } = 64;

    public string UserAgent { get; init; } = "loadbalancer/0.1";
}
