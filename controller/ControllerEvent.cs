// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Controller;

/// <summary>Everything that reaches the allocation loop.</summary>
internal abstract record ControllerEvent;

internal sealed record ServiceChanged(InformerEvent<Service> Change) : ControllerEvent;

internal sealed record PoolChanged(InformerEvent<IPAddressPool> Change) : ControllerEvent;

internal sealed record AdvertisementChanged(InformerEvent<L2Advertisement> Change) : ControllerEvent;

internal sealed record NamespaceChanged(InformerEvent<Namespace> Change) : ControllerEvent;

/// <summary>A status write for a Service has ended.</summary>
/// <param name="Key">The Service.</param>
/// <param name="Written">The object as the server now has it; null when the write failed.</param>
/// <param name="Fault">Why it failed.</param>
internal sealed record ServiceWritten(ObjectKey Key, Service? Written, ApiFault? Fault) : ControllerEvent;

/// <summary>A status write for a configuration object has ended.</summary>
internal sealed record ConfigurationWritten(ConfigurationObject Target, ApiFault? Fault) : ControllerEvent;
