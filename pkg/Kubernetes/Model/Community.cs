// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>metallb.io/v1beta1 Community, as written by a user: validated by pkg/Config, not here.</summary>
public sealed class Community : IKubeObject
{
    public string ApiVersion => "metallb.io/v1beta1";

    public string Kind => "Community";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public CommunitySpec Spec { get; set => field = value ?? new(); } = new();

    public ConditionsStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class CommunitySpec
{
    public IReadOnlyList<CommunityAlias> Communities { get; set => field = value ?? []; } = [];
}

public sealed class CommunityAlias
{
    public string Name { get; set => field = value ?? ""; } = "";

    /// <summary>N:M or large:A:B:C.</summary>
    public string Value { get; set => field = value ?? ""; } = "";
}
