// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Config;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Controller;

/// <summary>What is known of the objects of one kind of configuration.</summary>
internal abstract class JudgedKind(ObjectKind kind)
{
    public ObjectKind Kind { get; } = kind;

    /// <summary>Whether all objects that exist have been read.</summary>
    public bool IsSynced { get; protected set; }

    public abstract IKubeObject? Find(string name);

    public abstract IReadOnlyList<Condition> ConditionsOf(string name);
}

/// <inheritdoc/>
internal sealed class JudgedKind<T>(ObjectKind kind, Func<T, IReadOnlyList<Condition>> conditions) : JudgedKind(kind)
    where T : class, IKubeObject
{
    private readonly Dictionary<string, T> _objects = new(StringComparer.Ordinal);

    public IEnumerable<T> All => _objects.Values;

    public override IKubeObject? Find(string name) => Get(name);

    public T? Get(string name) => _objects.GetValueOrDefault(name);

    public override IReadOnlyList<Condition> ConditionsOf(string name) => Get(name) is { } found ? conditions(found) : [];

    /// <summary>Takes note; false when nothing that is judged has changed.</summary>
    public bool Take(in InformerEvent<T> change)
    {
        switch (change.Type)
        {
            case InformerEventType.Synced:
                IsSynced = true;
                return true;
            case InformerEventType.Deleted:
                return _objects.Remove(change.Item!.Metadata.Name!);
            case InformerEventType.Added:
            case InformerEventType.Updated:
                _objects[change.Item!.Metadata.Name!] = change.Item;
                // A status, ours or a speaker's, changes nothing that is judged: the generation counts the spec, labels are not in it.
                return change.Old is null || change.Old.Metadata.Generation != change.Item.Metadata.Generation
                    || !SameLabels(change.Old.Metadata.Labels, change.Item.Metadata.Labels);
            default:
                throw new UnreachableException();
        }
    }

    private static bool SameLabels(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(label => b.TryGetValue(label.Key, out string? value) && value == label.Value);
}
