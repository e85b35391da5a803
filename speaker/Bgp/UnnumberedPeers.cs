// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Linux.Routers;
using LoadBalancer.Primitives;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// The routers at the other end of interfaces that peers are configured by: each is found by its router advertisements, and
/// finds this node by ours. On the plane's thread only.
/// </summary>
internal sealed class UnnumberedPeers(Reactor reactor, Action<MonoTime> changed, ILogger logger) : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, Search> _searches = new(StringComparer.Ordinal);
    private MonoTime _retryAt = MonoTime.Never;

    /// <summary>The router on an interface; null while none was heard.</summary>
    public RouterNeighbor? On(string interfaceName) => _searches.GetValueOrDefault(interfaceName)?.Heard;

    /// <summary>Why there is none yet, in a sentence.</summary>
    public string WhyNone(string interfaceName) => _searches.GetValueOrDefault(interfaceName)?.Fault
        ?? $"no router was heard on {interfaceName} yet: it must send router advertisements there (FRR: no ipv6 nd suppress-ra)";

    /// <summary>Looks for routers on these interfaces and on no others.</summary>
    public void Watch(IReadOnlyCollection<string> interfaces, ImmutableArray<LinkInfo> links, MonoTime now)
    {
        foreach (string gone in _searches.Keys.Where(name => !interfaces.Contains(name)).ToArray())
        {
            _searches[gone].Discovery?.Dispose();
            _searches.Remove(gone);
        }

        foreach (string name in interfaces)
        {
            if (!_searches.TryGetValue(name, out Search? search))
                _searches.Add(name, search = new Search());
            LinkInfo? link = links.FirstOrDefault(l => l.Name == name);
            if (search.Discovery is not null && (link is null || !link.IsRunning || link.Index != search.Index))
                search.Close();
            if (search.Discovery is null)
                Open(search, name, link, now);
        }
    }

    /// <summary>Sends what is due; returns when it wants to be called again at the latest.</summary>
    public MonoTime Tick(MonoTime now)
    {
        if (_retryAt <= now)
        {
            _retryAt = MonoTime.Never;
            changed(now);
        }

        MonoTime next = _retryAt;
        foreach (Search search in _searches.Values)
            next = MonoTime.Min(next, search.Discovery?.Tick(now) ?? MonoTime.Never);
        return next;
    }

    private void Open(Search search, string name, LinkInfo? link, MonoTime now)
    {
        string? before = search.Fault;
        if (link is null || !link.IsRunning)
        {
            search.Fault = link is null ? $"there is no interface {name} on this node: correct spec.interface" : $"interface {name} is down";
            return;
        }

        try
        {
            search.Discovery = new RouterDiscovery(reactor, link.Index, new RouterDiscoveryOptions { Advertise = link.Mac }, heard => Hear(search, heard));
            (search.Index, search.Fault) = (link.Index, null);
        }
        catch (LinuxException fault)
        {
            search.Fault = fault.Message;
            _retryAt = now + RetryInterval;
            if (search.Fault != before)
                Log.SocketFailed(logger, fault.Message);
        }
    }

    private void Hear(Search search, RouterNeighbor heard)
    {
        if (search.Heard?.Address == heard.Address)
            return;
        search.Heard = heard;
        changed(heard.HeardAt);
    }

    public void Dispose()
    {
        foreach (Search search in _searches.Values)
            search.Discovery?.Dispose();
    }

    private sealed class Search
    {
        public RouterDiscovery? Discovery { get; set; }

        public int Index { get; set; }

        public RouterNeighbor? Heard { get; set; }

        public string? Fault { get; set; }

        public void Close()
        {
            Discovery?.Dispose();
            (Discovery, Heard) = (null, null);
        }
    }
}
