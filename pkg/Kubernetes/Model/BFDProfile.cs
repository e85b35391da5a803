// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>metallb.io/v1beta1 BFDProfile, as written by a user: validated by pkg/Config, not here.</summary>
public sealed class BFDProfile : IKubeObject
{
    public string ApiVersion => "metallb.io/v1beta1";

    public string Kind => "BFDProfile";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public BFDProfileSpec Spec { get; set => field = value ?? new(); } = new();

    public ConditionsStatus Status { get; set => field = value ?? new(); } = new();
}

/// <summary>Intervals are in milliseconds.</summary>
public sealed class BFDProfileSpec
{
    public long? ReceiveInterval { get; set; }

    public long? TransmitInterval { get; set; }

    public long? DetectMultiplier { get; set; }

    public long? EchoInterval { get; set; }

    public bool? EchoMode { get; set; }

    public bool? PassiveMode { get; set; }

    public long? MinimumTtl { get; set; }
}
