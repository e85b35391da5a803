// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Routing;

/// <summary>Why this node announces an address to no peer.</summary>
public enum RouteRefusal
{
    /// <summary>It is announced.</summary>
    None,

    /// <summary>The address is in no pool.</summary>
    NoPool,

    /// <summary>No BGPAdvertisement selects pool, Service and this node.</summary>
    NoMatchingAdvertisement,

    /// <summary>The Service may share its address, and an advertisement selects by Service: sharers would be announced for each other.</summary>
    SharedAddressWithServiceSelector,

    /// <summary>Two advertisements give one peer the same prefix with different localPref.</summary>
    ConflictingAdvertisements,

    /// <summary>The node's label takes it out of external load balancing.</summary>
    ExcludedByLabel,

    /// <summary>The node's condition NetworkUnavailable is True.</summary>
    NetworkUnavailable,

    /// <summary>externalTrafficPolicy is Local, and no endpoint of this node can take traffic.</summary>
    NoLocalEndpoint,

    /// <summary>No endpoint can take traffic.</summary>
    NoEndpoint,

    /// <summary>The advertisements that match name none of the peers of this node.</summary>
    NoPeer,

    /// <summary>The prefix is none that may be announced: the default route, loopback, link-local or multicast addresses.</summary>
    NotRoutable,
}
