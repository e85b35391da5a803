// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>What kind of failure a call met.</summary>
public enum ApiErrorKind
{
    /// <summary>The server answered, with an error status.</summary>
    Status,

    /// <summary>The server answered with something that is not what was asked for.</summary>
    BadAnswer,

    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    Timeout,
}

/// <summary>
/// The one exception a call to the API server ends with (apart from the caller's own cancellation). The message is a sentence
/// that names the request, what happened and what can be done.
/// </summary>
public sealed class ApiException : Exception
{
    public ApiException(ApiErrorKind kind, string message, int code = 0, ApiStatus? status = null, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Code = code;
        Status = status;
        RetryAfter = retryAfter;
    }

    public ApiErrorKind Kind { get; }

    /// <summary>The HTTP status code, 0 when there was no answer.</summary>
    public int Code { get; }

    /// <summary>The Status object of the answer, if there was one.</summary>
    public ApiStatus? Status { get; }

    /// <summary>What the server asked for, if it did.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The machine-readable reason of the Status: "NotFound", "Conflict", "Expired" and so on.</summary>
    public string Reason => Status?.Reason ?? "";

    public bool IsNotFound => Code == 404;

    public bool IsConflict => Code == 409;

    /// <summary>A resourceVersion or a continue token is too old: list again.</summary>
    public bool IsExpired => Code == 410;

    /// <summary>Trying again later may help without anyone changing anything.</summary>
    public bool IsTransient => Kind is ApiErrorKind.Unreachable or ApiErrorKind.Timeout || Code is 429 or >= 500;
}
