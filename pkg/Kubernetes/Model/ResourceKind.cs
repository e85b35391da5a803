// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;

namespace LoadBalancer.Kubernetes.Model;

/// <summary>Where a kind lives in the API and how its objects are read.</summary>
public sealed class ResourceKind<T>
    where T : class, IKubeObject
{
    private readonly string _root;

    public ResourceKind(string group, string version, string plural, string kind, bool namespaced, JsonTypeInfo<T>? type = null)
    {
        Group = group;
        Version = version;
        Plural = plural;
        Kind = kind;
        Namespaced = namespaced;
        Type = type ?? KubeJson.Of<T>();
        _root = group.Length == 0 ? $"/api/{version}" : $"/apis/{group}/{version}";
    }

    /// <summary>Empty for the core group.</summary>
    public string Group { get; }

    public string Version { get; }

    public string Plural { get; }

    public string Kind { get; }

    public bool Namespaced { get; }

    public JsonTypeInfo<T> Type { get; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path of the collection; without a namespace, of all namespaces.</summary>
    public string CollectionPath(string? @namespace) =>
        Namespaced && !string.IsNullOrEmpty(@namespace)
            ? $"{_root}/namespaces/{Uri.EscapeDataString(@namespace)}/{Plural}"
            : $"{_root}/{Plural}";

    public string ObjectPath(string? @namespace, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Namespaced) ArgumentException.ThrowIfNullOrEmpty(@namespace);
        return $"{CollectionPath(@namespace)}/{Uri.EscapeDataString(name)}";
    }

    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
