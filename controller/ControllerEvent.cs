// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Ipam;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Controller;

/// <summary>Everything that reaches the allocation loop.</summary>
internal abstract record ControllerEvent;

internal sealed record ServiceChanged(InformerEvent<Service> Change) : ControllerEvent;

internal sealed record PoolChanged(InformerEvent<IPAddressPool> Change) : ControllerEvent;

internal sealed record AdvertisementChanged(InformerEvent<Kubernetes.Model.L2Advertisement> Change) : ControllerEvent;

internal sealed record NamespaceChanged(InformerEvent<Namespace> Change) : ControllerEvent;

/// <summary>A write for a Service has ended: with the object as the server now has it, or with a fault.</summary>
internal sealed record ServiceWritten(ServiceKey Key, Service? Written, ApiException? Fault) : ControllerEvent;

/// <summary>A write of a configuration object's status has ended.</summary>
internal sealed record VerdictWritten(ObjectKind Kind, string Name, ApiException? Fault) : ControllerEvent;
