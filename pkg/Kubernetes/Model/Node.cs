// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

public sealed class Node : IKubeObject
{
    public string ApiVersion => "v1";

    public string Kind => "Node";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    public NodeSpec Spec { get; set => field = value ?? new(); } = new();

    public NodeStatus Status { get; set => field = value ?? new(); } = new();
}

public sealed class NodeSpec
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unschedulable { get; set; }
}

public sealed class NodeStatus
{
    public IReadOnlyList<Condition> Conditions { get; set => field = value ?? []; } = [];

    public IReadOnlyList<NodeAddress> Addresses { get; set => field = value ?? []; } = [];
}

public sealed class NodeAddress
{
    /// <summary>InternalIP, ExternalIP, Hostname and the like.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string Type { get; set => field = value ?? ""; } = "";

    public string Address { get; set => field = value ?? ""; } = "";
}

public sealed class Namespace : IKubeObject
{
    public string ApiVersion => "v1";

    public string Kind => "Namespace";

    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();
}
