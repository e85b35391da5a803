// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>metav1.LabelSelector; an empty one matches everything.</summary>
public sealed class LabelSelector
{
    [System.Text.Json.Serialization.JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string> MatchLabels { get; set => field = value ?? StringMapConverter.Empty; } = StringMapConverter.Empty;

    public IReadOnlyList<LabelSelectorRequirement> MatchExpressions { get; set => field = value ?? []; } = [];
}

public sealed class LabelSelectorRequirement
{
    public string Key { get; set => field = value ?? ""; } = "";

    /// <summary>In, NotIn, Exists or DoesNotExist.</summary>
    public string Operator { get; set => field = value ?? ""; } = "";

    public IReadOnlyList<string> Values { get; set => field = value ?? []; } = [];
}
