// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

/// <summary>One address somebody must answer for; all services that share it are one demand.</summary>
public sealed record AddressDemand
{
    /// <summary>The address; no two demands have the same.</summary>
    public required IpAddr Address { get; init; }

    /// <summary>Addresses with one key (both families of a service, say) go to one node where one can take all.</summary>
    public required string Group { get; init; }

    /// <summary>The API's view of every node.</summary>
    public required CandidateSet Candidates { get; init; }

    /// <summary>The node the API recorded last (ServiceL2Status); asked first when nobody claims the address.</summary>
    public string? RecordedNode { get; init; }

    /// <summary>How long a better node must have been able before it takes the address back; null: never (the default).</summary>
    public TimeSpan? FailbackAfter { get; init; }
}
