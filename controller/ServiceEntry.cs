// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Ipam;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;

namespace LoadBalancer.Controller;

/// <summary>What the allocation loop knows of one Service.</summary>
internal sealed class ServiceEntry(Service service, MonoTime seen)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);
    private int _failures;

    /// <summary>The newest version known, from the watch or from our own write.</summary>
    public Service Service { get; private set; } = service;

    /// <summary>Since when it has wanted an address that it does not have; null while it has what it wants.</summary>
    public MonoTime? WantingSince { get; set; } = seen;

    /// <summary>Whether a write is under way; meanwhile nothing is decided.</summary>
    public bool IsWriting { get; set; }

    /// <summary>When a write that failed is tried again; <see cref="MonoTime.Never"/> when none has.</summary>
    public MonoTime RetryAt { get; private set; } = MonoTime.Never;

    /// <summary>Why it waits, for the status page; null when it does not.</summary>
    public string? Problem { get; set; }

    /// <summary>Events that say what a write makes true; published once it is.</summary>
    public IReadOnlyList<ServiceEvent> Unpublished { get; set; } = [];

    /// <summary>Takes a newer version; one that is older than what our own write returned is a late echo and is ignored.</summary>
    public bool Update(Service service)
    {
        bool older = Service.Metadata.IsNewerThan(service.Metadata) && !service.Metadata.IsNewerThan(Service.Metadata);
        if (older && service.Metadata.Uid == Service.Metadata.Uid)
        {
            return false;
        }

        Service = service;
        return true;
    }

    /// <summary>Tried again after a pause that doubles, or the one the server asks for where that is longer.</summary>
    public void Failed(MonoTime now, TimeSpan? asked = null)
    {
        TimeSpan delay = FirstRetry * Math.Pow(2, Math.Min(_failures++, 10));
        delay = asked > delay ? asked.Value : delay;
        RetryAt = now + (delay < LongestRetry ? delay : LongestRetry);
    }

    public void Succeeded()
    {
        _failures = 0;
        RetryAt = MonoTime.Never;
    }
}
