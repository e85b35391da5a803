// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>What the command line says about Kubernetes.</summary>
internal sealed record KubernetesOptions
{
    /// <summary>Whether VirtualIP objects are followed.</summary>
    public bool FollowsVirtualIPs { get; init; }

    /// <summary>Namespace of vipd itself, where Secrets with passwords are.</summary>
    public string Namespace { get; init; } = "metallb-system";

    /// <summary>Name of the Node this process runs on.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>The pod this process runs in, whose node selector says which nodes take part; empty where it is none.</summary>
    public string PodName { get; init; } = "";
    public string? KubeConfigPath { get; init; }

    /// <summary>URL of the API server instead of the one the pod or kubeconfig names.</summary>
    public string? Server { get; init; }

    /// <summary>ConfigMap of kube-keepalived-vip; null: none.</summary>
    public ObjectKey? ServicesConfigMap { get; init; }
    public bool UseUnicast { get; init; }
    public int RouterId { get; init; } = 50;
    public int VrrpVersion { get; init; } = 3;
    public string Interface { get; init; } = "";

    /// <summary>kube-keepalived-vip's proxy mode: every entry would be served with a PROXY protocol header.</summary>
    public bool ProxyMode { get; init; }

    /// <summary>Only Services of this namespace are looked at; empty: of all.</summary>
    public string WatchNamespace { get; init; } = "";

    /// <summary>Whether there is anything to follow.</summary>
    public bool IsWanted => FollowsVirtualIPs || ServicesConfigMap is not null;
}
