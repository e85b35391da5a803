// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>metav1.Condition; also reads the conditions of nodes and pods, which have the same fields.</summary>
public sealed class Condition
{
    [JsonConverter(typeof(InternedStringConverter))]
    public string Type { get; set => field = value ?? ""; } = "";

    /// <summary>"True", "False" or "Unknown".</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string Status { get; set => field = value ?? ""; } = "";

    [JsonConverter(typeof(InternedStringConverter))]
    public string Reason { get; set => field = value ?? ""; } = "";

    public string Message { get; set => field = value ?? ""; } = "";

    public DateTimeOffset? LastTransitionTime { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long ObservedGeneration { get; set; }
}
