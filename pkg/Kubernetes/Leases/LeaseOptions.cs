// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Leases;

/// <summary>The times of an election. Checked when made: retry &lt; renew &lt; lease.</summary>
public sealed class LeaseOptions
{
    public LeaseOptions(TimeSpan lease, TimeSpan renew, TimeSpan retry)
    {
        if (lease < TimeSpan.FromSeconds(1) || lease.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentException($"The lease duration is {lease}; it must be a whole number of seconds, at least 1, for that is what a Lease can hold.", nameof(lease));
        if (renew >= lease)
            throw new ArgumentException($"The renew deadline is {renew}; it must be shorter than the lease duration {lease}, or two could lead.", nameof(renew));
        if (retry <= TimeSpan.Zero || retry >= renew)
            throw new ArgumentException($"The retry period is {retry}; it must be above zero and shorter than the renew deadline {renew}.", nameof(retry));
        Lease = lease;
        Renew = renew;
        Retry = retry;
    }

    /// <summary>15 s, 10 s and 2 s, as is usual in Kubernetes.</summary>
    public static LeaseOptions Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2));

    /// <summary>How long the others wait after the last change they saw.</summary>
    public TimeSpan Lease { get; }

    /// <summary>How long leadership lasts without a renewal, from before the renewal was sent. The rest up to Lease is the safety margin.</summary>
    public TimeSpan Renew { get; }

    /// <summary>Between renewals, and between looks of those who wait.</summary>
    public TimeSpan Retry { get; }
}
