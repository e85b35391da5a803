// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Layer2;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Holding;

/// <content>Interfaces as they change: what the protocol is told of them, and what of ours was changed by others.</content>
internal sealed partial class HoldingPlane
{
    /// <summary>By which a macvlan of an earlier process is known.</summary>
    private const string MacvlanAlias = "vipd";

    private ImmutableArray<LinkInfo> _table = [];
    private Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private ImmutableArray<LinkView> _views = [];

    private void OnLinks(ImmutableArray<LinkInfo> table)
    {
        bool anotherSet = _table.Length != table.Length || !_table.Select(static l => (l.Index, l.Name)).SequenceEqual(table.Select(static l => (l.Index, l.Name)));
        _table = table;
        if (anotherSet)
        {
            _indices = table.ToDictionary(static l => l.Name, static l => l.Index, StringComparer.Ordinal);
            _announcer.Keep(_indices.ContainsValue);
            _settings.Keep(_indices.ContainsValue);
            _silenced.RemoveWhere(i => !_indices.ContainsValue(i));
            OnOtherInterfaces();
        }

        ImmutableArray<LinkView> views = [.. table.Select(l => LinkView.Of(l, IsOurs))];
        if (!views.AsSpan().SequenceEqual(_views.AsSpan()))
        {
            _views = views;
            _linksChanged(views);
            foreach (Holding holding in _holdings.Values)
            {
                SilenceBystanders(holding);
            }
        }

        VerifyAddresses();
    }

    // Everything is looked at again when an interface came, went or was renamed; what was on one that is gone went with it.
    private void OnOtherInterfaces()
    {
        foreach (Holding holding in _holdings.Values)
        {
            holding.Addresses.RemoveWhere(a => !_indices.ContainsValue(a.InterfaceIndex));
            holding.Routes.RemoveWhere(r => r.InterfaceIndex != 0 && !_indices.ContainsValue(r.InterfaceIndex));
            MakeMacvlans(holding);
            _dirty.Add(holding);
        }
    }

    private bool IsOurs(AddressInfo address) => _keepsTags
        ? address.Tag == Resolver.Mark
        : _holdings.Values.Any(h => h.IsHeld && h.Addresses.Any(a => a.InterfaceIndex == address.InterfaceIndex && a.Address == address.Address));

    private void VerifyAddresses()
    {
        HashSet<(int, IpAddr, int)> present = [.. _table.SelectMany(static l => l.Addresses).Select(static a => (a.InterfaceIndex, a.Address, a.PrefixLength))];
        HashSet<(int, IpAddr)> others = [.. _table.SelectMany(static l => l.Addresses).Where(static a => a.Tag != Resolver.Mark).Select(static a => (a.InterfaceIndex, a.Address))];
        List<(Holding Holding, HeldAddress Address)> missing = [];
        foreach (Holding holding in _holdings.Values)
        {
            if (holding.IsHeld)
            {
                missing.AddRange(holding.Addresses.Where(a => !present.Contains((a.InterfaceIndex, a.Address, a.PrefixLength))).Select(a => (holding, a)));
            }
            else if (_keepsTags)
            {
                TellStrays(holding, others);
            }
        }

        if (missing.Count > 0)
        {
            PutBack(missing);
        }
    }

    private void PutBack(List<(Holding Holding, HeldAddress Address)> missing)
    {
        missing.RemoveAll(static m =>
        {
            bool unwatched = m.Holding.Plan.Addresses.Any(p => !p.Address.Watch && p.Address.Address.Address == m.Address.Address);
            return unwatched && m.Holding.Addresses.Remove(m.Address);
        });
        // The view may be older than our own addition: then the kernel says that it is there, and nothing has happened.
        ChangeOutcome[] outcomes = _network.Add([.. missing.Select(static m => m.Address)]);
        HashSet<Holding> announced = [];
        for (int i = 0; i < outcomes.Length; i++)
        {
            (Holding holding, HeldAddress address) = missing[i];
            switch (outcomes[i].Status)
            {
                case ChangeStatus.Done:
                    Counters.CountPutBack();
                    Log.PutBack(_logger, address.Address, NameOf(address.InterfaceIndex), holding.Plan.Name);
                    announced.Add(holding);
                    break;
                case ChangeStatus.Failed:
                    holding.Addresses.Remove(address);
                    _dirty.Add(holding);
                    break;
                case ChangeStatus.AlreadySo:
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        foreach (Holding holding in announced)
        {
            Announce(holding, 1, refresh: false);
        }
    }

    private void TellStrays(Holding holding, HashSet<(int, IpAddr)> others)
    {
        if (holding.Plan.IsOwner)
        {
            return;
        }

        foreach (PlannedAddress planned in holding.Plan.Addresses)
        {
            IpAddr address = planned.Address.Address.Address;
            bool stray = _indices.TryGetValue(planned.Device, out int index) && others.Contains((index, address));
            if (!stray)
            {
                holding.Strays.Remove(planned.Device + address);
            }
            else if (holding.Strays.Add(planned.Device + address))
            {
                Log.Stray(_logger, address, planned.Device, holding.Plan.Name);
            }
        }
    }

    private LinkInfo? LinkOf(int index)
    {
        foreach (LinkInfo link in _table)
        {
            if (link.Index == index)
            {
                return link;
            }
        }

        return null;
    }

    private string NameOf(int index) => LinkOf(index)?.Name ?? $"interface {index}";

    // A macvlan has no link-local address of its own: advertisements of neighbours leave it with the one of the interface below.
    private InterfaceFacts? Facts(int index)
    {
        if (LinkOf(index) is not { IsUp: true, IsNoArp: false, IsBroadcast: true } link)
        {
            return null;
        }

        IpAddr? linkLocal = LinkLocalOf(link) ?? (link.LowerIndex != 0 && LinkOf(link.LowerIndex) is { } lower ? LinkLocalOf(lower) : null);
        return new InterfaceFacts(index, link.Name, link.Mac, linkLocal);
    }

    private static IpAddr? LinkLocalOf(LinkInfo link)
    {
        foreach (AddressInfo address in link.Addresses)
        {
            if (address.Address.IsIPv6 && address.Address.IsLinkLocal && !address.IsTentative)
            {
                return address.Address;
            }
        }

        return null;
    }
}
