// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Lab.Network;

/// <summary>A bridge of the lab.</summary>
public enum Segment
{
    /// <summary>192.0.2.0/24 and 2001:db8:0:1::/64: clients, router, announced addresses.</summary>
    Service,

    /// <summary>203.0.113.0/24 and 2001:db8:0:2::/64: API server and traffic between nodes.</summary>
    Management,
}
