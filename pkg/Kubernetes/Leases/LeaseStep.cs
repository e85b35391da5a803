// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Kubernetes.Leases;

/// <summary>What happened, as far as the election is concerned.</summary>
public enum LeaseInputKind
{
    /// <summary>Time has passed.</summary>
    Tick,

    /// <summary>The answer to a read: Record is what is there, or null when there is no Lease.</summary>
    Observed,

    /// <summary>A create or a write succeeded and answered with Record.</summary>
    Written,

    /// <summary>A write was refused because the Lease is not in the version named, or a create because there is one.</summary>
    Refused,

    /// <summary>A request failed or was given up; it may have been carried out all the same.</summary>
    Failed,

    /// <summary>This contender is to stop.</summary>
    Stop,
}

public readonly record struct LeaseInput(LeaseInputKind Kind, LeaseRecord? Record = null);

/// <summary>The request to make; its answer is the next input but ticks and stop.</summary>
public enum LeaseRequest
{
    None,
    Read,

    /// <summary>Create the Lease with us as its holder.</summary>
    Create,

    /// <summary>Become holder of the Lease in the version named.</summary>
    Acquire,

    /// <summary>Stay holder of the Lease in the version named.</summary>
    Renew,

    /// <summary>Clear the holder of the Lease in the version named.</summary>
    Release,
}

public enum LeaseChange
{
    None,
    BecameLeader,

    /// <summary>Not renewed in time.</summary>
    Expired,

    /// <summary>Somebody else holds the Lease.</summary>
    Taken,

    /// <summary>Given up because of a stop.</summary>
    Stopped,
}

/// <summary>What to do next. Version and Transitions belong to the request; WakeAt is when a tick is due, answers or not.</summary>
public readonly record struct LeaseStep(LeaseRequest Request, LeaseChange Change, MonoTime WakeAt, string Version = "", int Transitions = 0, bool Done = false);
