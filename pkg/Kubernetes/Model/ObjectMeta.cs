// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
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

    /// <summary>
    /// Whether this is a later version than the other of the same object. Versions are compared as numbers where they are numbers,
    /// which every server's are; where one is not, another version counts as a later one.
    /// </summary>
    public bool IsNewerThan(ObjectMeta other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ResourceVersion != other.ResourceVersion
            && (!TryNumber(ResourceVersion, out ulong own) || !TryNumber(other.ResourceVersion, out ulong known) || own > known);
    }

    private static bool TryNumber(string? version, out ulong number) => ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number);
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
