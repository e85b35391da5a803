// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

public sealed class Service : IKubeObject
{
    public string ApiVersion => "v1";

    public string Kind => "Service";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public ServiceSpec Spec { get; set => field = value ?? new(); } = new();

    public ServiceStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class ServiceSpec
{
    /// <summary>ClusterIP, NodePort, LoadBalancer or ExternalName.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? Type { get; set; }

    public string? ClusterIP { get; set; }

    public IReadOnlyList<string> ClusterIPs { get; set => field = value ?? []; } = [];

    public IReadOnlyList<ServicePort> Ports { get; set => field = value ?? []; } = [];

    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string> Selector { get; set => field = value ?? StringMapConverter.Empty; } = StringMapConverter.Empty;

    public string? LoadBalancerIP { get; set; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? LoadBalancerClass { get; set; }

    /// <summary>Cluster or Local.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? ExternalTrafficPolicy { get; set; }

    /// <summary>IPv4, IPv6; the first is the primary family.</summary>
    public IReadOnlyList<string> IpFamilies { get; set => field = value ?? []; } = [];

    /// <summary>SingleStack, PreferDualStack or RequireDualStack.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? IpFamilyPolicy { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int HealthCheckNodePort { get; set; }
}

public sealed class ServicePort
{
    [JsonConverter(typeof(InternedStringConverter))]
    public string? Name { get; set; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string Protocol { get; set => field = value ?? "TCP"; } = "TCP";

    public int Port { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int NodePort { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IntOrString TargetPort { get; set; }
}

public sealed class ServiceStatus
{
    public LoadBalancerStatus LoadBalancer { get; set => field = value ?? new(); } = new();

    public IReadOnlyList<Condition> Conditions { get; set => field = value ?? []; } = [];
}

public sealed class LoadBalancerStatus
{
    public IReadOnlyList<LoadBalancerIngress> Ingress { get; set => field = value ?? []; } = [];
}

public sealed class LoadBalancerIngress
{
    public string? Ip { get; set; }

    public string? Hostname { get; set; }

    /// <summary>VIP or Proxy.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? IpMode { get; set; }
}
