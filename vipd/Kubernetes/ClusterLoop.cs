// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Threading.Channels;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;
using LoadBalancer.VipConfig;
using LoadBalancer.VipConfig.ConfigMap;
using Microsoft.Extensions.Logging;
using Secret = LoadBalancer.Kubernetes.Model.Secret;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Owns what is known of the cluster. When all of it has been read a configuration is made of it, and a new one after each change
/// that matters; while the API is away there are no changes, and what is in force stays so.
/// </summary>
internal sealed class ClusterLoop(
    KubernetesOptions options,
    IReadOnlyCollection<Type> awaited,
    Func<ValueList<LocalLink>> links,
    ChannelWriter<VipConfiguration> changes,
    StatusKeeper statuses,
    ILogger logger) : IEventHandler<ClusterEvent>
{
    // A burst of changes makes one configuration.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Interfaces come and change without the API knowing.
    private static readonly TimeSpan LookAtLinks = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, VirtualIP> _virtualIps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, Service> _services = [];
    private readonly Dictionary<ObjectKey, EndpointSlice> _slices = [];
    private readonly Dictionary<string, Secret> _secrets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EntryVerdict> _said = new(StringComparer.Ordinal);
    private readonly HashSet<Type> _synced = [];
    private IReadOnlyDictionary<string, string>? _configMap;
    private IReadOnlyDictionary<string, string> _podSelector = new Dictionary<string, string>();
    private VipConfiguration _file = new();
    private VipConfiguration? _told;
    private ClusterResult _result = new();
    private ValueList<LocalLink> _links;
    private bool _changed = true;
    private MonoTime _notBefore;
    private MonoTime _lookAt;

    /// <summary>Whether a first configuration was made.</summary>
    public bool IsLoaded => Volatile.Read(ref _told) is not null;

    public void Handle(ClusterEvent item, MonoTime now)
    {
        switch (item)
        {
            case VirtualIpChanged { Change: var change }:
                Take(change, _virtualIps, static v => v.Metadata.Name ?? "");
                break;
            case NodeChanged { Change: var change }:
                Take(change, _nodes, static n => n.Metadata.Name ?? "");
                break;
            case ServiceChanged { Change: var change }:
                Take(change, _services, static s => ObjectKey.Of(s.Metadata));
                break;
            case SliceChanged { Change: var change }:
                Take(change, _slices, static s => ObjectKey.Of(s.Metadata));
                break;
            case SecretChanged { Change: var change }:
                Take(change, _secrets, static s => s.Metadata.Name ?? "");
                break;
            case ConfigMapChanged { Change: var change }:
                Take(change);
                break;
            case PodSelectorKnown { NodeSelector: var selector }:
                _podSelector = selector;
                _changed = true;
                break;
            case FileConfigured { Configuration: var configuration }:
                _file = configuration;
                _changed = true;
                break;
            case Reported { Reports: var reports }:
                statuses.Take(reports);
                break;
            case StatusWritten written:
                statuses.Take(written, now);
                break;
            default:
                throw new UnreachableException($"no such event: {item}");
        }
    }

    public MonoTime Settle(MonoTime now)
    {
        if (!awaited.All(_synced.Contains))
            return MonoTime.Never;
        if (_lookAt <= now)
        {
            _lookAt = now + LookAtLinks;
            ValueList<LocalLink> found = links();
            _changed |= found != _links;
            _links = found;
        }

        if (_changed && now >= _notBefore)
        {
            _changed = false;
            _notBefore = now + Pause;
            Compile();
        }

        MonoTime next = statuses.Settle(_virtualIps, _result, now);
        return MonoTime.Min(next, _changed ? MonoTime.Min(_notBefore, _lookAt) : _lookAt);
    }

    private void Compile()
    {
        ClusterView view = new()
        {
            Options = options,
            VirtualIPs = _virtualIps.Values,
            Nodes = _nodes.Values,
            Services = _services,
            Slices = _slices.Values.Where(static s => s.ServiceName is not null).ToLookup(static s => new ObjectKey(s.Metadata.Namespace ?? "", s.ServiceName!)),
            Secrets = _secrets,
            ConfigMap = _configMap,
            PodNodeSelector = _podSelector,
            Links = _links,
        };
        _result = ClusterCompiler.Compile(view, _file);
        foreach (EntryVerdict verdict in _result.Entries)
        {
            if (_said.GetValueOrDefault(verdict.Key) == verdict)
                continue;
            _said[verdict.Key] = verdict;
            if (verdict.Accepted)
                Log.EntryAccepted(logger, verdict.Message);
            else
                Log.EntryRefused(logger, verdict.Message);
        }

        if (_told is null || _told != _result.Configuration)
        {
            Volatile.Write(ref _told, _result.Configuration);
            changes.TryWrite(_result.Configuration);
            Log.Configured(logger, _result.Configuration.Instances.Count, _result.Configuration.VirtualServers.Count);
        }
    }

    private void Take<T, TKey>(InformerEvent<T> change, Dictionary<TKey, T> known, Func<T, TKey> key)
        where T : class, IKubeObject
        where TKey : notnull
    {
        switch (change.Type)
        {
            case InformerEventType.Added or InformerEventType.Updated:
                known[key(change.Item!)] = change.Item!;
                break;
            case InformerEventType.Deleted:
                known.Remove(key(change.Item!));
                break;
            case InformerEventType.Synced:
                _synced.Add(typeof(T));
                break;
            default:
                throw new UnreachableException();
        }

        _changed = true;
    }

    private void Take(InformerEvent<ConfigMap> change)
    {
        switch (change.Type)
        {
            case InformerEventType.Added or InformerEventType.Updated:
                _configMap = change.Item!.Data;
                break;
            case InformerEventType.Deleted:
                // Who deletes it by mistake must not take all addresses off the network: an empty one does, which is no mistake.
                Log.ConfigMapGone(logger, options.ServicesConfigMap!.Value);
                return;
            case InformerEventType.Synced:
                _synced.Add(typeof(ConfigMap));
                break;
            default:
                throw new UnreachableException();
        }

        _changed = true;
    }
}
