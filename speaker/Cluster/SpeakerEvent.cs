// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Speaker.Layer2;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>Everything that reaches the cluster loop.</summary>
internal abstract record SpeakerEvent;

internal sealed record ServiceChanged(InformerEvent<Service> Change) : SpeakerEvent;

internal sealed record EndpointSliceChanged(InformerEvent<EndpointSlice> Change) : SpeakerEvent;

internal sealed record NodeChanged(InformerEvent<Node> Change) : SpeakerEvent;

internal sealed record PoolChanged(InformerEvent<IPAddressPool> Change) : SpeakerEvent;

internal sealed record AdvertisementChanged(InformerEvent<L2Advertisement> Change) : SpeakerEvent;

internal sealed record StatusChanged(InformerEvent<ServiceL2Status> Change) : SpeakerEvent;

/// <summary>The plane answers for other addresses than before, or hears other nodes.</summary>
internal sealed record OwnershipChanged(Ownership Ownership) : SpeakerEvent;

/// <summary>A write of a ServiceL2Status has ended.</summary>
internal sealed record StatusWritten(ObjectKey Service, ApiException? Fault) : SpeakerEvent;
