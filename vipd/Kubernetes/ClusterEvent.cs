// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.VipConfig;
using Secret = LoadBalancer.Kubernetes.Model.Secret;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>What the cluster loop is told.</summary>
internal abstract record ClusterEvent;

internal sealed record VirtualIpChanged(InformerEvent<VirtualIP> Change) : ClusterEvent;

internal sealed record NodeChanged(InformerEvent<Node> Change) : ClusterEvent;

internal sealed record ServiceChanged(InformerEvent<Service> Change) : ClusterEvent;

internal sealed record SliceChanged(InformerEvent<EndpointSlice> Change) : ClusterEvent;

internal sealed record SecretChanged(InformerEvent<Secret> Change) : ClusterEvent;

internal sealed record ConfigMapChanged(InformerEvent<ConfigMap> Change) : ClusterEvent;

internal sealed record PodSelectorKnown(IReadOnlyDictionary<string, string> NodeSelector) : ClusterEvent;

internal sealed record FileConfigured(VipConfiguration Configuration) : ClusterEvent;

internal sealed record Reported(IReadOnlyList<VirtualIpReport> Reports) : ClusterEvent;

internal sealed record StatusWritten(string Name, string? Fault) : ClusterEvent;
