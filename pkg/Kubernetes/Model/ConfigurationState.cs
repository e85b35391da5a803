// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>metallb.io/v1beta1 ConfigurationState: whether one component could use the configuration.</summary>
public sealed class ConfigurationState : IKubeObject
{
    public string ApiVersion => "metallb.io/v1beta1";

    public string Kind => "ConfigurationState";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public ConfigurationStateStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class ConfigurationStateStatus
{
    /// <summary>Valid, Invalid or Unknown.</summary>
    public string? Result { get; set; }

    public string? ErrorSummary { get; set; }

    public IReadOnlyList<Condition> Conditions { get; set => field = value ?? []; } = [];
}
