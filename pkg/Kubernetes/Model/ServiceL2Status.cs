// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>metallb.io/v1beta1 ServiceL2Status: which node announces a Service at layer 2.</summary>
public sealed class ServiceL2Status : IKubeObject
{
    public string ApiVersion => "metallb.io/v1beta1";

    public string Kind => "ServiceL2Status";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public ServiceL2StatusContent Status { get; set => field = value ?? new(); } = new();
}

public sealed class ServiceL2StatusContent
{
    public string? Node { get; set; }

    public string? ServiceName { get; set; }

    public string? ServiceNamespace { get; set; }

    public IReadOnlyList<InterfaceName> Interfaces { get; set => field = value ?? []; } = [];
}

public sealed class InterfaceName
{
    public string Name { get; set => field = value ?? ""; } = "";
}
