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
    Abort,
}
