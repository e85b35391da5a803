// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>A label selector as written in a manifest: every label and every expression must hold; an empty one matches everything.</summary>
public sealed record LabelSelectorManifest(
    IReadOnlyDictionary<string, string>? MatchLabels = null,
    IReadOnlyList<LabelRequirementManifest>? MatchExpressions = null);

/// <summary>One expression of a selector: operator is In, NotIn, Exists or DoesNotExist, not yet validated.</summary>
public sealed record LabelRequirementManifest(string Key, string Operator, IReadOnlyList<string>? Values = null);
