// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Leases;

/// <summary>What a Lease says. Its times are of another machine's wall clock and are therefore not in here.</summary>
public readonly record struct LeaseRecord(string ResourceVersion, string Holder, TimeSpan? Duration, int Transitions)
{
    public static LeaseRecord Of(Lease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return new(
            lease.Metadata.ResourceVersion ?? "",
            lease.Spec.HolderIdentity ?? "",
            lease.Spec.LeaseDurationSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null,
            lease.Spec.LeaseTransitions ?? 0);
    }
}
