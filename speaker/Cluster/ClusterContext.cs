// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Layer2;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>What the cluster loop works with.</summary>
internal sealed record ClusterContext(
    SpeakerOptions Options,
    Layer2Plane Plane,
    ServiceEndpoints Endpoints,
    BgpKeeper Bgp,
    EventRecorder Events,
    SpeakerMetrics Metrics,
    SpeakerStatus Status,
    TimeProvider Time,
    ILogger Logger);
