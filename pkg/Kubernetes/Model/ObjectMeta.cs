// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>The metadata fields this product uses; managedFields and finalizers are never kept.</summary>
public sealed class ObjectMeta
{
    public string? Name { get; set; }

    public string? GenerateName { get; set; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? Namespace { get; set; }

    public string? Uid { get; set; }

    public string? ResourceVersion { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Generation { get; set; }

    public DateTimeOffset? CreationTimestamp { get; set; }

    public DateTimeOffset? DeletionTimestamp { get; set; }

    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string> Labels { get; set => field = value ?? StringMapConverter.Empty; } = StringMapConverter.Empty;

    [JsonConverter(typeof(StringMapConverter))]
    public IReadOnlyDictionary<string, string> Annotations { get; set => field = value ?? StringMapConverter.Empty; } = StringMapConverter.Empty;

    public IReadOnlyList<OwnerReference> OwnerReferences { get; set => field = value ?? []; } = [];
}

public sealed class OwnerReference
{
    [JsonConverter(typeof(InternedStringConverter))]
    public string? ApiVersion { get; set; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? Kind { get; set; }

    public string? Name { get; set; }

    public string? Uid { get; set; }

    public bool? Controller { get; set; }

    public bool? BlockOwnerDeletion { get; set; }
}

/// <summary>An object of which only the metadata is read, for when the rest cannot be.</summary>
public sealed class PartialObject
{
    public ObjectMeta Metadata { get; set => field = value ?? new(); } = new();
}

public sealed class ListMeta
{
    public string? ResourceVersion { get; set; }

    public string? Continue { get; set; }

    public long? RemainingItemCount { get; set; }
}
