// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Routing;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Why a route is not announced, in words people can act on.</summary>
internal static class RouteWords
{
    /// <summary>Why an address is announced to no peer; empty when it is.</summary>
    public static string Of(RouteRefusal refusal) => refusal switch
    {
        RouteRefusal.None => "",
        RouteRefusal.NoPool => "the address is in no IPAddressPool",
        RouteRefusal.NoMatchingAdvertisement => "no BGPAdvertisement selects its pool, the Service and this node",
        RouteRefusal.SharedAddressWithServiceSelector => "the Service may share its address (metallb.io/allow-shared-ip), and a BGPAdvertisement selects by Service: those it shares with would be announced too; drop serviceSelectors or the sharing key",
        RouteRefusal.ConflictingAdvertisements => "two BGPAdvertisements give the same peers the same prefix with different localPref; make them agree, or name different peers",
        RouteRefusal.ExcludedByLabel => "the node is labelled node.kubernetes.io/exclude-from-external-load-balancers",
        RouteRefusal.NetworkUnavailable => "the node's condition NetworkUnavailable is True",
        RouteRefusal.NoLocalEndpoint => "externalTrafficPolicy is Local, and no endpoint on this node is ready",
        RouteRefusal.NoEndpoint => "no endpoint of the Service is ready",
        RouteRefusal.NoPeer => "the BGPAdvertisements that match name no BGPPeer of this node",
        RouteRefusal.NotRoutable => "the prefix covers addresses that are never routed",
        _ => throw new UnreachableException(),
    };

    /// <summary>Why a peer does not have a route; empty when it has.</summary>
    public static string Of(RouteState state) => state switch
    {
        RouteState.None => "there is no such route",
        RouteState.Advertised => "",
        RouteState.WaitsToAnnounce => "waits to be sent",
        RouteState.WaitsToWithdraw => "waits to be withdrawn",
        RouteState.NotOffered => "no BGPAdvertisement of it names this peer",
        RouteState.PrefixLimit => "the peer has as many prefixes as maxAnnouncedPrefixes allows",
        RouteState.FamilyNotNegotiated => "the peer did not agree on this address family; see dualStackAddressFamily and the router's configuration",
        RouteState.NoNextHop => "this node has no address of this family on the interface to the peer, and so no next hop",
        RouteState.NoAddPath => "the peer takes one path for each prefix",
        RouteState.AttributesTooLong => "its attributes fit in no message; use fewer communities",
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether a peer has a route, as it is wanted or as it was.</summary>
    public static bool IsAnnounced(RouteState state) => state is RouteState.Advertised or RouteState.WaitsToWithdraw;
}
