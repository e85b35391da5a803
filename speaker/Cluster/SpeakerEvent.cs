// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Layer2;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>Everything that reaches the cluster loop.</summary>
internal abstract record SpeakerEvent;

internal sealed record ServiceChanged(InformerEvent<Service> Change) : SpeakerEvent;

internal sealed record EndpointSliceChanged(InformerEvent<EndpointSlice> Change) : SpeakerEvent;

internal sealed record NodeChanged(InformerEvent<Node> Change) : SpeakerEvent;

internal sealed record PoolChanged(InformerEvent<IPAddressPool> Change) : SpeakerEvent;

internal sealed record AdvertisementChanged(InformerEvent<L2Advertisement> Change) : SpeakerEvent;

internal sealed record BgpPeerChanged(InformerEvent<BGPPeer> Change) : SpeakerEvent;

internal sealed record BgpAdvertisementChanged(InformerEvent<BGPAdvertisement> Change) : SpeakerEvent;

internal sealed record CommunityChanged(InformerEvent<Community> Change) : SpeakerEvent;

internal sealed record BfdProfileChanged(InformerEvent<BFDProfile> Change) : SpeakerEvent;

internal sealed record SecretChanged(InformerEvent<Secret> Change) : SpeakerEvent;

/// <summary>The routers of this node stand otherwise than before.</summary>
internal sealed record BgpReported(BgpReport Report) : SpeakerEvent;

internal sealed record StatusChanged(InformerEvent<ServiceL2Status> Change) : SpeakerEvent;

internal sealed record ServiceBgpStatusChanged(InformerEvent<ServiceBGPStatus> Change) : SpeakerEvent;

/// <summary>A write of a ServiceBGPStatus has ended.</summary>
internal sealed record ServiceStatusWritten(ObjectKey Service, ApiException? Fault) : SpeakerEvent;

/// <summary>A write of this node's element in a BGPPeer's status has ended.</summary>
internal sealed record SessionWritten(string Peer, ApiException? Fault) : SpeakerEvent;

/// <summary>Somebody asks which routes are planned.</summary>
internal sealed record PlanAsked(TaskCompletionSource<RoutePlan> Answer) : SpeakerEvent;

/// <summary>Somebody asks how many prefixes are meant for each peer.</summary>
internal sealed record PlanCounted(TaskCompletionSource<IReadOnlyDictionary<string, int>> Answer) : SpeakerEvent;

/// <summary>The plane answers for other addresses than before, or hears other nodes.</summary>
internal sealed record OwnershipChanged(Ownership Ownership) : SpeakerEvent;

/// <summary>The node is about to leave for good: its routes are marked so.</summary>
internal sealed record Draining : SpeakerEvent;

/// <summary>A write of a ServiceL2Status has ended.</summary>
internal sealed record StatusWritten(ObjectKey Service, ApiException? Fault) : SpeakerEvent;
