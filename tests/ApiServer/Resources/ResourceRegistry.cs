// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;
using LoadBalancer.ApiServer.Storage;

namespace LoadBalancer.ApiServer.Resources;

/// <summary>All kinds served now; custom kinds come and go with their definitions.</summary>
public sealed class ResourceRegistry
{
    private readonly Revision _revision;
    private readonly int _history;
    private readonly Action<string, StoreEvent> _committed;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceStore> _stores = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<ResourceType> _types = [];

    public ResourceRegistry(Revision revision, int historyCapacity, Action<string, StoreEvent> committed)
    {
        (_revision, _history, _committed) = (revision, historyCapacity, committed);
        _types = [.. BuiltinResources.Table.Select(Builtin)];
    }

    /// <summary>Revisions continue behind what a data file has seen, deletions included.</summary>
    public void AtLeast(long revision) => _revision.AtLeast(revision);

    public IReadOnlyList<ResourceType> Types => _types;

    public ResourceType Get(string group, string plural) =>
        Find(group, plural) ?? throw new KeyNotFoundException(plural + "." + group);

    public ResourceType? Find(string group, string plural) => _types.FirstOrDefault(t => t.Plural == plural && t.Group == group);

    public ResourceType? FindKind(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : apiVersion[..slash];
        var version = apiVersion[(slash + 1)..];
        return _types.FirstOrDefault(t => t.Kind == kind && t.Group == group && t.Versions.Contains(version));
    }

    /// <summary>The store outlives its type, so that a changed definition keeps its objects.</summary>
    public ResourceStore Store(string group, string plural)
    {
        var id = group + "/" + plural;
        lock (_gate)
        {
            if (!_stores.TryGetValue(id, out var store))
                _stores[id] = store = new ResourceStore(_revision, _history, change => _committed(id, change));
            return store;
        }
    }

    public IReadOnlyList<KeyValuePair<string, ResourceStore>> Stores()
    {
        lock (_gate)
            return [.. _stores];
    }

    public void AddCustom(JsonObject definition)
    {
        var group = definition.Text("spec", "group") ?? "";
        var names = definition.Map("spec", "names") ?? [];
        var versions = (definition.List("spec", "versions") ?? []).OfType<JsonObject>().ToArray();
        var plural = names.Text("plural") ?? "";
        var type = new ResourceType
        {
            Group = group,
            Versions = [.. versions.Where(v => v.Flag("served") ?? false).Select(v => v.Text("name") ?? "")],
            StorageVersion = versions.FirstOrDefault(v => v.Flag("storage") ?? false).Text("name") ?? "",
            Kind = names.Text("kind") ?? "",
            Plural = plural,
            Singular = names.Text("singular") ?? (names.Text("kind") ?? "").ToLowerInvariant(),
            ListKind = names.Text("listKind") ?? names.Text("kind") + "List",
            Namespaced = definition.Text("spec", "scope") == "Namespaced",
            ShortNames = [.. names.Texts("shortNames")],
            Categories = [.. names.Texts("categories")],
            HasStatus = versions.Any(v => v.At("subresources", "status") is not null),
            HasGeneration = true,
            KeepsStatusOnCreate = !versions.Any(v => v.At("subresources", "status") is not null),
            Definition = definition,
            Store = Store(group, plural),
        };
        lock (_gate)
            _types = [.. _types.Where(t => t.Group != group || t.Plural != plural), type];
    }

    public void RemoveCustom(string group, string plural)
    {
        lock (_gate)
            _types = [.. _types.Where(t => !t.IsCustom || t.Group != group || t.Plural != plural)];
    }

    private ResourceType Builtin(string line)
    {
        var columns = line.Split(' ');
        var slash = columns[0].IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : columns[0][..slash];
        var version = columns[0][(slash + 1)..];
        return new ResourceType
        {
            Group = group,
            Versions = [version],
            StorageVersion = version,
            Kind = columns[1],
            ListKind = columns[1] + "List",
            Plural = columns[2],
            Singular = columns[1].ToLowerInvariant(),
            ShortNames = columns[3] == "-" ? [] : columns[3].Split(','),
            Namespaced = columns[4].Contains('n', StringComparison.Ordinal),
            HasStatus = columns[4].Contains('s', StringComparison.Ordinal),
            HasGeneration = columns[4].Contains('g', StringComparison.Ordinal),
            KeepsStatusOnCreate = columns[4].Contains('k', StringComparison.Ordinal) || !columns[4].Contains('s', StringComparison.Ordinal),
            Categories = columns[4].Contains('a', StringComparison.Ordinal) ? ["all"] : [],
            Store = Store(group, columns[2]),
        };
    }
}
