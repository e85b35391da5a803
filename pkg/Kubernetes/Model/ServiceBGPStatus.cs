// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>metallb.io/v1beta1 ServiceBGPStatus: to which peers one node announces a Service.</summary>
public sealed class ServiceBGPStatus : IKubeObject
{
    public string ApiVersion => "metallb.io/v1beta1";

    public string Kind => "ServiceBGPStatus";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public ServiceBGPStatusContent Status { get; set => field = value ?? new(); } = new();
}

public sealed class ServiceBGPStatusContent
{
    public string? Node { get; set; }

    public string? ServiceName { get; set; }

    public string? ServiceNamespace { get; set; }

    /// <summary>Names of BGPPeers, whatever the state of their sessions.</summary>
    public IReadOnlyList<string> Peers { get; set => field = value ?? []; } = [];
}
