// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

public sealed class Pod : IKubeObject
{
    public string ApiVersion => "v1";

    public string Kind => "Pod";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public PodSpec Spec { get; set => field = value ?? new(); } = new();

    public PodStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class PodSpec
{
    [JsonConverter(typeof(InternedStringConverter))]
    public string? NodeName { get; set; }

    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string> NodeSelector { get; set => field = value ?? StringMapConverter.Empty; } = StringMapConverter.Empty;
}

public sealed class PodStatus
{
    [JsonConverter(typeof(InternedStringConverter))]
    public string? Phase { get; set; }

    public string? PodIP { get; set; }

    public IReadOnlyList<Condition> Conditions { get; set => field = value ?? []; } = [];
}
