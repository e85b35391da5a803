// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Threading.Channels;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;
using LoadBalancer.VipConfig;
using LoadBalancer.VipConfig.ConfigMap;
using LoadBalancer.Vipd.Configuration;
using LoadBalancer.Vrrp;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Owns what is known of the cluster. When all of it has been read a configuration is made of it, and a new one after each change
/// that matters; while the API is away there are no changes, and what is in force stays so.
/// </summary>
internal sealed class ClusterLoop(
    KubernetesOptions options,
    IReadOnlyCollection<Type> awaited,
    Func<ValueList<LocalLink>> links,
    Func<VipConfiguration> file,
    Func<IReadOnlyList<VirtualIpReport>> reports,
    ChannelWriter<VipConfiguration> changes,
    StatusKeeper statuses,
    VirtualIpEvents events,
    IRouterEar ear,
    ILogger logger) : IEventHandler<ClusterEvent>
{
    // A burst of changes makes one configuration.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Interfaces come and change without the API knowing, and so do routers of others.
    private static readonly TimeSpan LookAtLinks = TimeSpan.FromSeconds(5);

    // How often it is looked whether enough was listened; for a few seconds at most.
    private static readonly TimeSpan LookAtEar = TimeSpan.FromMilliseconds(250);

    private readonly ClusterStore _store = new(options);
    private readonly Dictionary<string, EntryVerdict> _said = new(StringComparer.Ordinal);
    private readonly HashSet<ObjectKey> _stale = [];
    private HashSet<ObjectKey> _named = [];
    private VipConfiguration? _told;
    private ClusterResult _result = new();
    private bool _changed = true;
    private int _compilations;
    private bool _isToBeSaid = true;
    private MonoTime _notBefore;
    private MonoTime _lookAt;
    private MonoTime _earAt;
    private MonoTime _sayAt = MonoTime.Never;

    /// <summary>Whether a first configuration was made.</summary>
    public bool IsLoaded => Volatile.Read(ref _told) is not null;

    /// <summary>How often everything was made anew; from any thread.</summary>
    public int Compilations => Volatile.Read(ref _compilations);

    public void Handle(ClusterEvent item, MonoTime now)
    {
        switch (item)
        {
            case VirtualIpChanged { Change: var change }:
                Take(_store.Take(change));
                _isToBeSaid = true;
                break;
            case NodeChanged { Change: var change }:
                Take(_store.Take(change));
                break;
            case ServiceChanged { Change: var change }:
                Take(_store.Take(change, _named));
                break;
            case SliceChanged { Change: var change }:
                _stale.UnionWith(_store.Take(change).Where(_named.Contains));
                break;
            case SecretChanged { Change: var change }:
                Take(_store.Take(change));
                break;
            case ConfigMapChanged { Change: var change }:
                Take(_store.Take(change, out bool hasGone));
                if (hasGone)
                    Log.ConfigMapGone(logger, options.ServicesConfigMap!.Value);
                break;
            case PodSelectorKnown { NodeSelector: var selector }:
                _store.PodNodeSelector = selector;
                _changed = true;
                break;
            case FileConfigured:
                _changed = true;
                break;
            case Reported:
                _isToBeSaid = true;
                break;
            case StatusWritten written:
                statuses.Take(written, now);
                _isToBeSaid = true;
                break;
            default:
                throw new UnreachableException($"no such event: {item}");
        }
    }

    public MonoTime Settle(MonoTime now)
    {
        // What is heard while the API is away counts when it is there.
        if (_lookAt <= now)
        {
            _lookAt = now + LookAtLinks;
            // A virtual address is here now and elsewhere in a moment: it says nothing of a segment, and nothing is made anew when it comes or goes.
            ValueList<LocalLink> found = LocalLink.Without(links(), Virtual());
            _changed |= found != _store.Links;
            // A number that could not be recorded yet may be heard by now.
            _changed |= _result.RouterIds.Count > 0;
            _store.Links = found;
            if (options.FollowsVirtualIPs)
                ear.Listen(found);
        }

        if (!_store.HasAll(awaited))
            return _lookAt;
        _changed |= _result.IsListening && now >= _earAt;

        if ((_changed || _stale.Count > 0) && now >= _notBefore)
        {
            _notBefore = now + Pause;
            // Servers that come and go are the most of what happens, and cost no more than themselves.
            if (_changed || !TryChangeEndpoints())
                Compile(now);
            _changed = false;
            _stale.Clear();
        }

        if (_isToBeSaid || _sayAt <= now)
        {
            _isToBeSaid = false;
            statuses.Take(reports());
            events.Take(_store.VirtualIPs, _result, statuses.Reports, _store.IsAddressOfANode);
            _sayAt = statuses.Settle(_store.VirtualIPs, _result, _store.Nodes.ContainsKey, now);
        }

        MonoTime next = MonoTime.Min(_sayAt, _result.IsListening ? MonoTime.Min(_earAt, _lookAt) : _lookAt);
        return _changed || _stale.Count > 0 ? MonoTime.Min(_notBefore, next) : next;
    }

    private HashSet<IpAddr> Virtual() =>
    [
        .. file().Instances.Concat(_result.Configuration.Instances)
            .Where(static i => i.Priority < VrrpWire.OwnerPriority)
            .SelectMany(static i => i.Addresses.Concat(i.ExcludedAddresses))
            .Select(static a => a.Address.Address)
            .Where(a => !_store.IsAddressOfANode(a.ToString())),
    ];

    private void Take(ClusterChange change) => _changed |= change switch
    {
        ClusterChange.Any => true,
        ClusterChange.None => false,
        _ => throw new UnreachableException(),
    };

    private void Compile(MonoTime now)
    {
        _earAt = now + LookAtEar;
        _ = Interlocked.Increment(ref _compilations);
        ClusterResult result = ClusterCompiler.Compile(_store.View() with { HeardOn = (link, family) => ear.Heard(link, family, now) }, file());
        _result = _told is null ? result : result with { Configuration = SharedObjects.Of(_told, result.Configuration) };
        _named = [.. _result.Fronts.Select(static f => f.Service)];
        _isToBeSaid = true;
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
            Tell(_result.Configuration);
            Log.Configured(logger, _result.Configuration.Instances.Count, _result.Configuration.VirtualServers.Count);
        }
    }

    private bool TryChangeEndpoints()
    {
        if (EndpointChange.Apply(_result, _store.View(), _stale) is not { } next)
            return false;
        bool isOther = !ReferenceEquals(next, _result);
        _result = next;
        if (isOther)
            Tell(next.Configuration);
        return true;
    }

    private void Tell(VipConfiguration configuration)
    {
        Volatile.Write(ref _told, configuration);
        changes.TryWrite(configuration);
    }
}
