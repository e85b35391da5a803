// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>A status that holds conditions and nothing else.</summary>
public sealed class ConditionsStatus
{
    public IReadOnlyList<Condition> Conditions { get; set => field = value ?? []; } = [];
}
