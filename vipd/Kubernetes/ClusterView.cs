// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using Secret = LoadBalancer.Kubernetes.Model.Secret;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>Everything a configuration is made of, as it is at one instant; what is made of it depends on nothing else.</summary>
internal sealed record ClusterView
{
    public required KubernetesOptions Options { get; init; }
    public IReadOnlyCollection<VirtualIP> VirtualIPs { get; init; } = [];
    public IReadOnlyCollection<Node> Nodes { get; init; } = [];
    public IReadOnlyDictionary<ObjectKey, Service> Services { get; init; } = new Dictionary<ObjectKey, Service>();
    public Func<ObjectKey, IEnumerable<EndpointSlice>> SlicesOf { get; init; } = static _ => [];

    /// <summary>Passwords by the name of their Secret.</summary>
    public IReadOnlyDictionary<string, Secret> Secrets { get; init; } = new Dictionary<string, Secret>();

    /// <summary>Data of kube-keepalived-vip's ConfigMap; null: it is not there.</summary>
    public IReadOnlyDictionary<string, string>? ConfigMap { get; init; }

    /// <summary>Labels of the nodes that run kube-keepalived-vip's successor; empty: all.</summary>
    public IReadOnlyDictionary<string, string> PodNodeSelector { get; init; } = new Dictionary<string, string>();
    public ValueList<LocalLink> Links { get; init; }

    /// <summary>Numbers of virtual routers heard on an interface; null while too little was listened there.</summary>
    public Func<LocalLink, IpFamily, IReadOnlySet<int>?> HeardOn { get; init; } = static (_, _) => new HashSet<int>();
}
