// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>What announcing depends on of a Service that has addresses.</summary>
internal sealed record AnnouncedService(
    ObjectKey Key,
    Service Object,
    IReadOnlyList<IpAddr> Addresses,
    bool LocalTraffic,
    bool IsShared,
    string RecordedPool,
    IReadOnlyDictionary<string, string> Labels)
{
    private const string SharingKey = "metallb.io/allow-shared-ip";
    private const string LegacySharingKey = "metallb.universe.tf/allow-shared-ip";
    private const string PoolKey = "metallb.io/ip-allocated-from-pool";

    /// <summary>The Service, if it is ours to announce; null otherwise.</summary>
    public static AnnouncedService? Of(Service service, string? loadBalancerClass)
    {
        string? given = string.IsNullOrEmpty(service.Spec.LoadBalancerClass) ? null : service.Spec.LoadBalancerClass;
        if (service.Spec.Type != "LoadBalancer" || given != loadBalancerClass)
        {
            return null;
        }

        List<IpAddr> addresses = [];
        foreach (LoadBalancerIngress ingress in service.Status.LoadBalancer.Ingress)
        {
            if (IpAddr.TryParse(ingress.Ip, out IpAddr address) && !addresses.Contains(address))
            {
                addresses.Add(address);
            }
        }

        IReadOnlyDictionary<string, string> annotations = service.Metadata.Annotations;
        return addresses.Count == 0 ? null : new(
            ObjectKey.Of(service.Metadata),
            service,
            addresses,
            service.Spec.ExternalTrafficPolicy == "Local",
            annotations.GetValueOrDefault(SharingKey, "").Length > 0 || annotations.GetValueOrDefault(LegacySharingKey, "").Length > 0,
            annotations.GetValueOrDefault(PoolKey, ""),
            service.Metadata.Labels);
    }
}
