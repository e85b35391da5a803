// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Placement;

/// <summary>Why a node cannot answer for an address; closed, so that each value is a status word and a metric label.</summary>
public enum Ineligibility : byte
{
    /// <summary>It can.</summary>
    None = 0,

    /// <summary>Not heard on the segment, or it does not hear us.</summary>
    NotAlive = 1,

    /// <summary>Alive, but still listening before it claims.</summary>
    WarmingUp = 2,

    /// <summary>Shutting down.</summary>
    Leaving = 3,

    /// <summary>No L2Advertisement of the address selects the node (MetalLB: noMatchingAdvertisement).</summary>
    NoMatchingAdvertisement = 4,

    /// <summary>Labelled node.kubernetes.io/exclude-from-external-load-balancers.</summary>
    ExcludedByLabel = 5,

    /// <summary>Node condition NetworkUnavailable is true.</summary>
    NetworkUnavailable = 6,

    /// <summary>externalTrafficPolicy Local, or no endpoint anywhere, and no endpoint is ready here.</summary>
    NoReadyEndpoint = 7,

    /// <summary>An advertisement with serviceSelectors meets a shared address (MetalLB: sharedIPWithServiceSelector).</summary>
    SharedAddressWithServiceSelector = 8,

    /// <summary>No interface on this segment is named by an advertisement, or has a prefix that holds the address.</summary>
    NoInterfaceForAddress = 9,

    /// <summary>The node is not known to the API.</summary>
    UnknownNode = 10,
}
