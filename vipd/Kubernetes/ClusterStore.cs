// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.VipConfig;
using Secret = LoadBalancer.Kubernetes.Model.Secret;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>What a change of the cluster means for the configuration made of it.</summary>
internal enum ClusterChange
{
    /// <summary>Nothing: a heartbeat, a status, a Service that nobody names.</summary>
    None,

    /// <summary>Anything.</summary>
    Any,
}

/// <summary>Everything that is known of the cluster.</summary>
internal sealed class ClusterStore(KubernetesOptions options)
{
    private readonly Dictionary<string, VirtualIP> _virtualIps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, Service> _services = [];
    private readonly Dictionary<ObjectKey, EndpointSlice> _slices = [];
    private readonly Dictionary<ObjectKey, HashSet<ObjectKey>> _slicesOf = [];
    private readonly Dictionary<string, Secret> _secrets = new(StringComparer.Ordinal);
    private readonly HashSet<Type> _synced = [];

    public IReadOnlyDictionary<string, VirtualIP> VirtualIPs => _virtualIps;

    public IReadOnlyDictionary<string, Node> Nodes => _nodes;

    /// <summary>Data of kube-keepalived-vip's ConfigMap; null: it is not there.</summary>
    public IReadOnlyDictionary<string, string>? ConfigMap { get; private set; }

    public IReadOnlyDictionary<string, string> PodNodeSelector { get; set; } = new Dictionary<string, string>();

    public ValueList<LocalLink> Links { get; set; }

    public bool IsAddressOfANode(string address) => _nodes.Values.Any(n => n.Status.Addresses.Any(a => a.Address == address));

    public bool HasAll(IEnumerable<Type> kinds) => kinds.All(_synced.Contains);

    /// <summary>Everything as it is now.</summary>
    public ClusterView View() => new()
    {
        Options = options,
        VirtualIPs = _virtualIps.Values,
        Nodes = _nodes.Values,
        Services = _services,
        SlicesOf = SlicesOf,
        Secrets = _secrets,
        ConfigMap = ConfigMap,
        PodNodeSelector = PodNodeSelector,
        Links = Links,
    };

    public ClusterChange Take(InformerEvent<VirtualIP> change) =>
        Take(change, _virtualIps, static v => v.Metadata.Name ?? "", out VirtualIP? before) && Same(before, change.Item) ? ClusterChange.None : ClusterChange.Any;

    public ClusterChange Take(InformerEvent<Node> change) =>
        Take(change, _nodes, static n => n.Metadata.Name ?? "", out Node? before) && Same(before, change.Item) ? ClusterChange.None : ClusterChange.Any;

    public ClusterChange Take(InformerEvent<Secret> change)
    {
        _ = Take(change, _secrets, static s => s.Metadata.Name ?? "", out _);
        return ClusterChange.Any;
    }

    /// <param name="change">What happened.</param>
    /// <param name="named">Services that some object names, whether they are there or not.</param>
    public ClusterChange Take(InformerEvent<Service> change, IReadOnlySet<ObjectKey> named) =>
        Take(change, _services, static s => ObjectKey.Of(s.Metadata), out _) && change.Item is { } item && !named.Contains(ObjectKey.Of(item.Metadata)) ? ClusterChange.None : ClusterChange.Any;

    /// <summary>Never more than servers: the Services that were touched, whoever names them.</summary>
    public IReadOnlyCollection<ObjectKey> Take(InformerEvent<EndpointSlice> change)
    {
        if (!Take(change, _slices, static s => ObjectKey.Of(s.Metadata), out EndpointSlice? before))
            return [];
        HashSet<ObjectKey> touched = [];
        foreach (EndpointSlice? slice in (EndpointSlice?[])[before, change.Item])
        {
            if (slice is null || ServiceOf(slice) is not { } service)
                continue;
            ObjectKey key = ObjectKey.Of(slice.Metadata);
            if (!_slicesOf.TryGetValue(service, out HashSet<ObjectKey>? keys))
                _slicesOf[service] = keys = [];
            if (_slices.TryGetValue(key, out EndpointSlice? there) && ServiceOf(there) == service)
                keys.Add(key);
            else if (keys.Remove(key) && keys.Count == 0)
                _slicesOf.Remove(service);
            touched.Add(service);
        }

        return touched;
    }

    /// <summary>Whether the ConfigMap has gone, which takes nothing away: who deletes it by mistake must not take all addresses off the network; an empty one does.</summary>
    public ClusterChange Take(InformerEvent<ConfigMap> change, out bool hasGone)
    {
        hasGone = change.Type == InformerEventType.Deleted;
        if (hasGone)
            return ClusterChange.None;
        if (change.Type == InformerEventType.Synced)
            _synced.Add(typeof(ConfigMap));
        else
            ConfigMap = change.Item!.Data;
        return ClusterChange.Any;
    }

    private IEnumerable<EndpointSlice> SlicesOf(ObjectKey service) => _slicesOf.TryGetValue(service, out HashSet<ObjectKey>? keys) ? keys.Select(key => _slices[key]) : [];

    private static ObjectKey? ServiceOf(EndpointSlice slice) => slice.ServiceName is { } name ? new ObjectKey(slice.Metadata.Namespace ?? "", name) : null;

    // False for what is no change of an object: all of its kind are there now.
    private bool Take<T, TKey>(InformerEvent<T> change, Dictionary<TKey, T> known, Func<T, TKey> key, out T? before)
        where T : class, IKubeObject
        where TKey : notnull
    {
        before = null;
        switch (change.Type)
        {
            case InformerEventType.Added or InformerEventType.Updated:
                known.TryGetValue(key(change.Item!), out before);
                known[key(change.Item!)] = change.Item!;
                return true;
            case InformerEventType.Deleted:
                known.Remove(key(change.Item!), out before);
                return true;
            case InformerEventType.Synced:
                _synced.Add(typeof(T));
                return false;
            default:
                throw new UnreachableException();
        }
    }

    // Every node writes statuses: of an object that only its status differs in, nothing is made anew, but for the number in it.
    private bool Same(VirtualIP? before, VirtualIP? after) => before is not null && after is not null && _virtualIps.ContainsKey(after.Metadata.Name ?? "")
        && after.Metadata.Generation > 0
        && (before.Metadata.Uid, before.Metadata.Generation, before.Status.VirtualRouterId) == (after.Metadata.Uid, after.Metadata.Generation, after.Status.VirtualRouterId);

    private bool Same(Node? before, Node? after) => before is not null && after is not null && _nodes.ContainsKey(after.Metadata.Name ?? "")
        && before.Metadata.Labels.Count == after.Metadata.Labels.Count
        && before.Metadata.Labels.All(label => after.Metadata.Labels.GetValueOrDefault(label.Key) == label.Value)
        && before.Status.Addresses.Select(static a => (a.Type, a.Address)).SequenceEqual(after.Status.Addresses.Select(static a => (a.Type, a.Address)));
}
