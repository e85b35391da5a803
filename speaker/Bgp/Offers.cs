// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Makes what the planner decided into what the RIB is offered: a policy of the RIB for each peer group.</summary>
internal sealed class Offers(AdjRibOut rib)
{
    // Most clusters have a handful: this bounds what weights that change with every endpoint leave behind.
    private const int MostKept = 1024;
    private readonly List<PolicyId> _policies = [];
    private readonly Dictionary<int, uint> _asnOf = [];
    private readonly Dictionary<RouteVariant, RouteOffer> _known = [];
    private bool _draining;

    /// <summary>The policy of a peer group.</summary>
    public PolicyId PolicyOf(int group)
    {
        while (_policies.Count <= group)
            _policies.Add(rib.AddPolicy());
        return _policies[group];
    }

    /// <summary>Says which AS number the peers of a group are shown, and how many prefixes of a family each may get.</summary>
    public void Define(int group, uint asn, uint? limit)
    {
        int? most = limit is { } number ? (int)Math.Min(number, int.MaxValue) : null;
        rib.SetPrefixLimit(PolicyOf(group), IpFamily.IPv4, most);
        rib.SetPrefixLimit(PolicyOf(group), IpFamily.IPv6, most);
        if (_asnOf.GetValueOrDefault(group) != asn)
        {
            _asnOf[group] = asn;
            _known.Clear();
        }
    }

    /// <summary>Offers a prefix as planned; true when that changes anything.</summary>
    public bool Apply(in RouteChange change, bool draining)
    {
        if (_draining != draining)
        {
            _draining = draining;
            _known.Clear();
        }

        return change.Variants.IsEmpty ? rib.Remove(change.Prefix) : rib.Set(change.Prefix, Of(change));
    }

    private RouteOffer Of(in RouteChange change)
    {
        if (change.Variants.Length != 1)
            return Build(change);
        if (!_known.TryGetValue(change.Variants[0], out RouteOffer? offer))
        {
            if (_known.Count >= MostKept)
                _known.Clear();
            _known.Add(change.Variants[0], offer = Build(change));
        }

        return offer;
    }

    private RouteOffer Build(in RouteChange change)
    {
        RouteOffer offer = RouteOffer.To(new RouteAttributes());
        foreach (RouteVariant variant in change.Variants)
            foreach (int group in variant.Groups)
                offer = offer.With(PolicyOf(group), Attributes(variant.Policy, _asnOf.GetValueOrDefault(group)));
        return offer;
    }

    private RouteAttributes Attributes(RoutePolicy policy, uint asn) => new()
    {
        AsPath = [.. Enumerable.Repeat(asn, policy.AsPathPrepend)],
        Med = policy.Med,
        LocalPref = policy.LocalPref,
        Communities = [.. Standard(policy)],
        LargeCommunities = [.. policy.Communities.Where(c => c.IsLarge).Select(c => new LargeCommunity(c.Global, c.Local1, c.Local2))],
        ExtendedCommunities = policy.Bandwidth is { } bandwidth ? [ExtendedCommunity.ForLinkBandwidth(asn, bandwidth)] : [],
    };

    private IEnumerable<Community> Standard(RoutePolicy policy)
    {
        IEnumerable<Community> communities = policy.Communities.Where(static c => !c.IsLarge).Select(static c => new Community(c.Global));
        return _draining ? communities.Append(Community.GracefulShutdown).Distinct().OrderBy(static c => c.Value) : communities;
    }
}
