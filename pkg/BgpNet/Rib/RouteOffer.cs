// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Attributes;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>
/// To whom a route is offered, and with which attributes: LOCAL_PREF and the AS path are told as they are meant within our
/// AS, and become what each peer may see on the way out. Offers that say the same are one to the RIB; keeping the object
/// and using it for many routes spares looking it up.
/// </summary>
public sealed class RouteOffer
{
    private RouteOffer(AttributeSet? others, ImmutableArray<(int Policy, AttributeSet? Set)> named)
    {
        Others = others;
        Named = named;
    }

    /// <summary>For policies that are not named; null offers them nothing.</summary>
    internal AttributeSet? Others { get; }

    /// <summary>In ascending order of policies.</summary>
    internal ImmutableArray<(int Policy, AttributeSet? Set)> Named { get; }

    /// <summary>Where a store found it last.</summary>
    internal int LastId { get; set; }

    /// <summary>Offers to every peer.</summary>
    public static RouteOffer ToAll(RouteAttributes attributes) => new(new AttributeSet(attributes), []);

    /// <summary>Offers to the peers of some policies.</summary>
    public static RouteOffer To(RouteAttributes attributes, params ReadOnlySpan<PolicyId> policies)
    {
        AttributeSet set = new(attributes);
        RouteOffer offer = new(null, []);
        foreach (PolicyId policy in policies)
        {
            offer = offer.With(policy.Index, set);
        }

        return offer;
    }

    /// <summary>The same, but with other attributes for the peers of one policy; null offers them nothing.</summary>
    public RouteOffer With(PolicyId policy, RouteAttributes? attributes) =>
        With(policy.Index, attributes is null ? null : new AttributeSet(attributes));

    private RouteOffer With(int policy, AttributeSet? set)
    {
        int at = 0;
        while (at < Named.Length && Named[at].Policy < policy)
        {
            at++;
        }

        bool replaces = at < Named.Length && Named[at].Policy == policy;
        return new(Others, replaces ? Named.SetItem(at, (policy, set)) : Named.Insert(at, (policy, set)));
    }
}
