// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Layer2;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

internal sealed partial class Layer2Plane
{
    private MacAddr[] _ownMacs = [];

    // Desired against actual, every time: an interface that appears, goes, gets carrier or another address is the same case.
    private void TakeLinks(ImmutableArray<LinkInfo> links)
    {
        MonoTime now = Reactor.Now;
        _ownMacs = [.. links.Where(l => !l.Mac.IsZero).Select(l => l.Mac).Distinct()];
        HashSet<string> present = new(StringComparer.Ordinal);
        foreach (LinkInfo link in links)
        {
            LinkFacts described = Describe(link);
            if (!_selection.TrySelect(described, out InterfaceFacts? facts))
            {
                continue;
            }

            present.Add(link.Name);
            if (_interfaces.TryGetValue(link.Name, out AnnouncingInterface? known) && known.Facts.Index != facts.Index)
            {
                Remove(link.Name, now);
                known = null;
            }

            if (known is null)
            {
                _interfaces.Add(link.Name, known = new(facts, this));
                Log.InterfaceAdded(_logger, facts.Name, facts.Mac);
            }
            else
            {
                known.Update(facts);
            }

            known.Prefixes = [.. described.Addresses.Where(a => !a.Address.IsLinkLocal && !a.IsTentative).Select(a => a.Prefix).Distinct()];
        }

        foreach (string gone in _interfaces.Keys.Where(n => !present.Contains(n)).ToArray())
        {
            Remove(gone, now);
        }

        TakeOwnAddresses(links);
        SpreadPeers();
        OpenAll(now);
        foreach ((string name, AnnouncingInterface on) in _interfaces)
        {
            _election.SetLink(name, true, on.Prefixes, now);
        }

        _announcementsChanged = true;
        RebuildTable();
    }

    private void Remove(string name, MonoTime now)
    {
        if (_interfaces.Remove(name, out AnnouncingInterface? on))
        {
            on.Dispose();
            _election.SetLink(name, false, [], now);
            Log.InterfaceRemoved(_logger, name);
        }
    }

    private void OpenAll(MonoTime now)
    {
        _reopenAt = MonoTime.Never;
        foreach (AnnouncingInterface on in _interfaces.Values)
        {
            if (on.Open() is { } fault)
            {
                Failed(fault, now);
            }
        }
    }

    private void Failed(LinuxException fault, MonoTime now)
    {
        _reopenAt = now + ReopenInterval;
        if (_loggedFault != fault.Message)
        {
            _loggedFault = fault.Message;
            Log.SocketFailed(_logger, fault.Message);
        }
    }

    private static LinkFacts Describe(LinkInfo link) => new()
    {
        Index = link.Index,
        Name = link.Name,
        Mac = link.Mac,
        IsUp = link.IsUp,
        IsRunning = link.IsRunning,
        IsBroadcast = link.IsBroadcast,
        IsNoArp = link.IsNoArp,
        IsLoopback = link.IsLoopback,
        MasterIndex = link.MasterIndex,
        Addresses = [.. link.Addresses.Select(a => new InterfaceAddress(a.Address, a.PrefixLength, a.IsTentative))],
    };
}
