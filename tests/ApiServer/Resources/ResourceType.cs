// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Storage;

namespace LoadBalancer.ApiServer.Resources;

/// <summary>A kind this server serves: its names, versions, store and rules.</summary>
public sealed class ResourceType
{
    public required string Group { get; init; }

    public required IReadOnlyList<string> Versions { get; init; }

    public required string StorageVersion { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public required bool Namespaced { get; init; }

    public required ResourceStore Store { get; init; }

    public string ListKind { get; init; } = "";

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public bool HasStatus { get; init; }

    public bool HasGeneration { get; init; }

    /// <summary>Some kinds take a status at creation (Node); most start without one.</summary>
    public bool KeepsStatusOnCreate { get; init; }

    /// <summary>Set for kinds a CustomResourceDefinition brought: the definition itself.</summary>
    public JsonObject? Definition { get; init; }

    public bool IsCustom => Definition is not null;

    public string QualifiedName => Group.Length == 0 ? Plural : Plural + "." + Group;

    public string ApiVersion(string version) => Group.Length == 0 ? version : Group + "/" + version;

    public string Key(string ns, string name) => Namespaced ? ns + "/" + name : name;
}
