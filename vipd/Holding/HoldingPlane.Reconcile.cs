// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Holding;

/// <content>Brings the kernel's tables to what is to be held: removals first, then additions, each kind in one send.</content>
internal sealed partial class HoldingPlane
{
    private readonly List<Holding> _forgotten = [];

    private void Reconcile(MonoTime now)
    {
        if (_verifyRoutes)
        {
            VerifyRoutes();
        }

        if (_dirty.Count == 0)
        {
            return;
        }

        Change<HeldRule> rules = new();
        Change<HeldRoute> routes = new();
        Change<HeldAddress> addresses = new();
        foreach (Holding holding in _dirty.Where(static h => !h.IsUndecided))
        {
            holding.Faults.Clear();
            addresses.Compare(holding, holding.Addresses, WantedAddresses(holding));
            routes.Compare(holding, holding.Routes, WantedRoutes(holding));
            rules.Compare(holding, holding.Rules, holding.IsHeld ? holding.Plan.Rules.Select(Resolver.Rule) : []);
        }

        Holding[] looked = [.. _dirty];
        _dirty.Clear();
        addresses.Move(static h => h.Addresses);
        Remove(rules, routes, addresses);
        Add(addresses, routes, rules);
        foreach (Holding holding in _forgotten)
        {
            DropMacvlans(holding.Plan);
        }

        _forgotten.Clear();
        // What is mended is told anew when it breaks again.
        foreach (Holding holding in looked.Where(static h => h.Faults.Count == 0))
        {
            _told.RemoveWhere(t => t.Item1 == holding.Plan.Name);
        }

        if (_holdings.Values.Any(static h => h.Faults.Count > 0))
        {
            _retryAt = now + RetryAfter;
        }
    }

    private void Remove(Change<HeldRule> rules, Change<HeldRoute> routes, Change<HeldAddress> addresses)
    {
        foreach ((Holding holding, HeldAddress address) in addresses.Removals)
        {
            holding.Addresses.Remove(address);
            _announcer.Hold(address.InterfaceIndex, address.Address, held: false);
        }

        // An address that somebody else had put there is his to take away.
        (Holding Holding, HeldAddress Item)[] ours = [.. addresses.Removals.Where(static r => !r.Holding.Foreign.Remove(r.Item))];
        Judge(ours, _network.Remove(Items(ours)), static (_, _) => { });
        foreach ((Holding holding, HeldRoute route) in routes.Removals)
        {
            holding.Routes.Remove(route);
        }

        Judge(routes.Removals, _network.Remove(Items(routes.Removals)), static (_, _) => { });
        foreach ((Holding holding, HeldRule rule) in rules.Removals)
        {
            holding.Rules.Remove(rule);
        }

        Judge(rules.Removals, _network.Remove(Items(rules.Removals)), static (_, _) => { });
        Counters.CountRemoved(ours.Length + routes.Removals.Count + rules.Removals.Count);
    }

    private void Add(Change<HeldAddress> addresses, Change<HeldRoute> routes, Change<HeldRule> rules)
    {
        foreach (Holding holding in addresses.Additions.Select(static a => a.Holding).Distinct())
        {
            PrepareInterfaces(holding);
        }

        ChangeOutcome[] outcomes = _network.Add(Items(addresses.Additions));
        NoteForeign(addresses.Additions, outcomes);
        Judge(addresses.Additions, outcomes, static (holding, address) => holding.Addresses.Add(address));
        Judge(routes.Additions, _network.Add(Items(routes.Additions)), static (holding, route) => holding.Routes.Add(route));
        Judge(rules.Additions, _network.Add(Items(rules.Additions)), static (holding, rule) => holding.Rules.Add(rule));
        Counters.CountAdded(addresses.Additions.Count + routes.Additions.Count + rules.Additions.Count);
    }

    // What was there already is ours when it carries our mark, as after a restart; else it stays when we let go.
    private void NoteForeign(List<(Holding Holding, HeldAddress Item)> additions, ChangeOutcome[] outcomes)
    {
        if (!_keepsTags || !outcomes.Any(static o => o.Status == ChangeStatus.AlreadySo))
        {
            return;
        }

        HashSet<(int, IpAddr)> others = [.. _network.ListAddresses().Where(static a => a.Tag != Resolver.Mark).Select(static a => (a.InterfaceIndex, a.Address))];
        for (int i = 0; i < outcomes.Length; i++)
        {
            (Holding holding, HeldAddress address) = additions[i];
            if (outcomes[i].Status == ChangeStatus.AlreadySo && others.Contains((address.InterfaceIndex, address.Address)) && holding.Foreign.Add(address))
            {
                Log.ThereAlready(_logger, address.Address, NameOf(address.InterfaceIndex), holding.Plan.Name);
            }
        }
    }

    private static T[] Items<T>(IEnumerable<(Holding, T Item)> changes) => [.. changes.Select(static c => c.Item)];

    private void Judge<T>(IReadOnlyList<(Holding Holding, T Item)> changes, ChangeOutcome[] outcomes, Action<Holding, T> done)
    {
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i].Holds)
            {
                done(changes[i].Holding, changes[i].Item);
            }
            else
            {
                Fault(changes[i].Holding, outcomes[i].Fault!.Message);
            }
        }
    }

    private void Fault(Holding holding, string message)
    {
        holding.Faults.Add(message);
        if (_told.Count < MostTold && _told.Add((holding.Plan.Name, message)))
        {
            Counters.CountFault();
            Log.HoldingFault(_logger, holding.Plan.Name.Length > 0 ? holding.Plan.Name : "the static part", message);
        }
    }

    private const int MostTold = 1024;
    private readonly HashSet<(string, string)> _told = [];

    private IEnumerable<HeldAddress> WantedAddresses(Holding holding)
    {
        if (!holding.IsHeld)
        {
            yield break;
        }

        foreach (PlannedAddress planned in holding.Plan.Addresses)
        {
            if (_indices.TryGetValue(planned.Device, out int index))
            {
                yield return Resolver.Address(planned.Address, index);
            }
            else
            {
                Fault(holding, $"interface {planned.Device} is missing, where {planned.Address.Address} is to be");
            }
        }
    }

    private List<HeldRoute> WantedRoutes(Holding holding)
    {
        List<HeldRoute> wanted = [];
        foreach (VirtualRoute route in holding.IsHeld ? holding.Plan.Routes : [])
        {
            string device = route.Device.Length > 0 ? route.Device : route.NextHops.Count > 0 ? route.NextHops[0].Device : "";
            if (device.Length > 0 && !_indices.ContainsKey(device))
            {
                Fault(holding, $"interface {device} is missing, where the route to {route.Destination} is to be");
                continue;
            }

            wanted.Add(Resolver.Route(route, name => _indices[name]));
        }

        return wanted;
    }

    private void Announce(Holding holding, byte repeat, bool refresh)
    {
        List<(IpAddr, InterfaceFacts)> targets = [];
        foreach (HeldAddress address in holding.Addresses)
        {
            if (Facts(address.InterfaceIndex) is { } facts && facts.CanSpeakFor(address.Address))
            {
                targets.Add((address.Address, facts));
            }
        }

        _announcer.Announce(holding, targets, repeat, refresh);
    }
}
