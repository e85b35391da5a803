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

/// <summary>An object of the configuration has changed; whoever knows its kind hands it on.</summary>
internal sealed record ConfigurationChanged(Action<ConfigurationKeeper> TellTo) : ControllerEvent;

internal sealed record BgpPeerChanged(InformerEvent<BGPPeer> Change) : ControllerEvent;

internal sealed record NodeChanged(InformerEvent<Node> Change) : ControllerEvent;

internal sealed record NamespaceChanged(InformerEvent<Namespace> Change) : ControllerEvent;

/// <summary>A write for a Service has ended: with the object as the server now has it, or with a fault.</summary>
/// <param name="Key">The Service.</param>
/// <param name="Uid">Which of the Services that had the name one after the other.</param>
/// <param name="DecidedOn">The resourceVersion the decision was made on and the write was bound to.</param>
/// <param name="Written">The object after the write; null when it failed.</param>
/// <param name="Fault">Why it failed; null when it did not.</param>
internal sealed record ServiceWritten(ServiceKey Key, string? Uid, string? DecidedOn, Service? Written, ApiException? Fault) : ControllerEvent;

/// <summary>A write of a configuration object's status has ended.</summary>
/// <param name="Kind">The kind of the object.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kept">Whether the server has now what was written; false also when the write failed.</param>
/// <param name="Fault">Why it failed; null when it did not.</param>
internal sealed record VerdictWritten(ObjectKind Kind, string Name, bool Kept, ApiException? Fault) : ControllerEvent;

/// <summary>A look at our ConfigurationState, with what had to be written, has ended.</summary>
internal sealed record ConfigurationReported(ApiException? Fault) : ControllerEvent;

/// <summary>A look at what speakers have written of their nodes has ended.</summary>
internal sealed record RemnantsFound(IReadOnlyList<Remnant> Remnants, ApiException? Fault) : ControllerEvent;

/// <summary>What gone nodes had left was to be removed; the fault is the first of any.</summary>
internal sealed record RemnantsRemoved(IReadOnlyList<Remnant> Remnants, ApiException? Fault) : ControllerEvent;
