// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Holding;

/// <content>
/// What an earlier process left behind: swept, but for what belongs to instances that may go on as master. That is kept until
/// the instance has decided, and for no longer than it may take it to.
/// </content>
internal sealed partial class HoldingPlane
{
    private readonly Dictionary<string, List<HeldAddress>> _adopted = new(StringComparer.Ordinal);
    private MonoTime _decideBy = MonoTime.Never;

    /// <summary>Removes left-overs; before <see cref="Start"/>.</summary>
    /// <param name="plans">Everything configured.</param>
    /// <param name="resumes">Whether an instance, by its name, was master a moment ago.</param>
    /// <param name="decideBy">When every instance has decided whether it goes on.</param>
    public void Sweep(IEnumerable<HoldingPlan> plans, Func<string, bool> resumes, MonoTime decideBy)
    {
        Dictionary<string, int> indices = _network.ListLinks().ToDictionary(static l => l.Name, static l => l.Index, StringComparer.Ordinal);
        ImmutableArray<AddressInfo> present = _network.ListAddresses();
        HashSet<string> devices = new(StringComparer.Ordinal);
        HashSet<(int, IpAddr)> staying = [];
        foreach (HoldingPlan plan in plans)
        {
            devices.UnionWith(plan.Macvlans.Select(static m => m.Name));
            if (plan.Name == Static || resumes(plan.Name))
            {
                List<HeldAddress> adopted = [.. plan.Addresses
                    .Where(a => indices.ContainsKey(a.Device))
                    .Select(a => Resolver.Address(a.Address, indices[a.Device]))
                    .Where(h => present.Any(p => p.Tag == Resolver.Mark && p.InterfaceIndex == h.InterfaceIndex && p.Address == h.Address && p.PrefixLength == h.PrefixLength))];
                _adopted[plan.Name] = adopted;
                staying.UnionWith(adopted.Select(static h => (h.InterfaceIndex, h.Address)));
            }
        }

        Report(_network.SweepMacvlans(MacvlanAlias, link => devices.Contains(link.Name)).Length
            + _network.SweepAddresses(Resolver.Mark, a => staying.Contains((a.InterfaceIndex, a.Address))).Length);
        if (_adopted.Values.Any(static a => a.Count > 0))
        {
            _decideBy = decideBy;
        }
        else
        {
            SweepRoutes();
        }
    }

    private void Adopt(Holding holding)
    {
        if (_adopted.Remove(holding.Plan.Name, out List<HeldAddress>? adopted) && adopted.Count > 0)
        {
            holding.Addresses.UnionWith(adopted);
            holding.IsUndecided = !holding.IsHeld;
        }
    }

    private void EndAdoption()
    {
        _decideBy = MonoTime.Never;
        _adopted.Clear();
        foreach (Holding holding in _holdings.Values.Where(static h => h.IsUndecided))
        {
            holding.IsUndecided = false;
            _dirty.Add(holding);
        }

        SweepRoutes();
    }

    private void SweepRoutes()
    {
        HashSet<(IpPrefix, uint)> routes = [.. _holdings.Values.SelectMany(static h => h.Routes).Select(static r => (r.Destination, r.Table))];
        HashSet<(IpFamily, uint)> rules = [.. _holdings.Values.SelectMany(static h => h.Rules).Select(static r => (r.Family, r.Priority))];
        Report(_network.SweepRoutes(Resolver.Mark, r => routes.Contains((r.Destination, r.Table))).Length
            + _network.SweepRules(Resolver.Mark, r => rules.Contains((r.Family, r.Priority))).Length);
    }

    private void Report(int swept)
    {
        if (swept > 0)
        {
            Log.Swept(_logger, swept);
        }
    }
}
