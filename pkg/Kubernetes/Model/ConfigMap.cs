// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>v1 ConfigMap.</summary>
public sealed class ConfigMap : IKubeObject
{
    public string ApiVersion => "v1";

    public string Kind => "ConfigMap";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string> Data { get; set => field = value ?? StringMapConverter.Empty; } = StringMapConverter.Empty;
}
