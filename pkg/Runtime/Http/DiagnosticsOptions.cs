// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace LoadBalancer.Runtime.Http;

/// <summary>Where a daemon answers for itself.</summary>
/// <param name="BindAddress">The address both ports are bound to; loopback unless the operator says otherwise.</param>
/// <param name="MetricsPort">Port of /metrics and /status; 0 for none.</param>
/// <param name="HealthPort">Port of /healthz and /readyz; 0 for none.</param>
public sealed record DiagnosticsOptions(IPAddress BindAddress, int MetricsPort, int HealthPort);
