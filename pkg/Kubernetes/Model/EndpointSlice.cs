// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

public sealed class EndpointSlice : IKubeObject
{
    /// <summary>The label that names the Service a slice belongs to.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    public string ApiVersion => "discovery.k8s.io/v1";

    public string Kind => "EndpointSlice";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    /// <summary>IPv4, IPv6 or FQDN.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? AddressType { get; set; }

    public IReadOnlyList<Endpoint> Endpoints { get; set => field = value ?? []; } = [];

    public IReadOnlyList<EndpointPort> Ports { get; set => field = value ?? []; } = [];

    [JsonIgnore]
    public string? ServiceName => Metadata.Labels.GetValueOrDefault(ServiceNameLabel);
}

public sealed class Endpoint
{
    public IReadOnlyList<string> Addresses { get; set => field = value ?? []; } = [];

    public EndpointConditions Conditions { get; set; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? NodeName { get; set; }

    public ObjectReference? TargetRef { get; set; }
}

/// <summary>Absent means unknown; a consumer takes an unknown ready as true, serving as ready, terminating as false.</summary>
public readonly record struct EndpointConditions(bool? Ready, bool? Serving, bool? Terminating)
{
    [JsonIgnore]
    public bool IsReady => Ready ?? true;

    [JsonIgnore]
    public bool IsServing => Serving ?? IsReady;

    [JsonIgnore]
    public bool IsTerminating => Terminating ?? false;
}

public sealed class EndpointPort
{
    [JsonConverter(typeof(InternedStringConverter))]
    public string? Name { get; set; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? Protocol { get; set; }

    public int? Port { get; set; }
}

public sealed class ObjectReference
{
    [JsonConverter(typeof(InternedStringConverter))]
    public string? ApiVersion { get; set; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? Kind { get; set; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? Namespace { get; set; }

    public string? Name { get; set; }

    public string? Uid { get; set; }
}
