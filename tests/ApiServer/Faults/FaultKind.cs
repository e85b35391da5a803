// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Faults;

/// <summary>What goes wrong.</summary>
public enum FaultKind
{
    Hang,
    Error,
    TooManyRequests,
    Garbage,
    Delay,

    /// <summary>The request is carried out at once and answered late: watches tell of it before the answer does.</summary>
    LateAnswer,

    Abort,
}
