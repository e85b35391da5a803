// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Leases;
using LoadBalancer.Runtime.Options;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Controller;

/// <summary>What a leadership term works with and what outlives it.</summary>
internal sealed record TermContext(
    ApiClient Client,
    ServiceWriter Writer,
    LeaseElector Elector,
    EventRecorder Events,
    ControllerMetrics Metrics,
    ControllerStatus Status,
    CommonOptions Options,
    TimeProvider Time,
    ILogger Logger);
