// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Ipam;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;

namespace LoadBalancer.Controller;

/// <summary>Translates a Service object into what allocation depends on.</summary>
internal static class Facts
{
    private const string TypeLoadBalancer = "LoadBalancer";

    public static ServiceKey KeyOf(Service service) => new(service.Metadata.Namespace ?? "", service.Metadata.Name ?? "");

    public static bool IsLoadBalancer(Service service) => service.Spec.Type == TypeLoadBalancer;

    /// <summary>Whether the Service bears our mark: some other kind of Service that does was once ours and has to be cleaned.</summary>
    public static bool BearsOurMark(Service service) => service.Metadata.Annotations.ContainsKey(Annotations.AllocatedFromPool);

    public static ServiceFacts Of(Service service) => new(KeyOf(service))
    {
        IsLoadBalancer = IsLoadBalancer(service),
        Class = service.Spec.LoadBalancerClass,
        ClusterIPs = ClusterIPs(service.Spec),
        PrimaryFamily = service.Spec.IpFamilies.Count == 0 ? null : service.Spec.IpFamilies[0] == "IPv6" ? IpFamily.IPv6 : IpFamily.IPv4,
        Policy = service.Spec.IpFamilyPolicy switch
        {
            "PreferDualStack" => FamilyPolicy.PreferDualStack,
            "RequireDualStack" => FamilyPolicy.RequireDualStack,
            _ => FamilyPolicy.SingleStack,
        },
        Ports = [.. service.Spec.Ports.Select(p => new Ipam.ServicePort(p.Protocol, p.Port))],
        LocalTraffic = service.Spec.ExternalTrafficPolicy == "Local",
        Selector = service.Spec.Selector,
        Annotations = service.Metadata.Annotations,
        Labels = service.Metadata.Labels,
        LoadBalancerIP = service.Spec.LoadBalancerIP,
        Ingress = [.. service.Status.LoadBalancer.Ingress.Select(i => i.Ip ?? "")],
    };

    private static List<IpAddr> ClusterIPs(ServiceSpec spec)
    {
        IReadOnlyList<string> texts = spec.ClusterIPs.Count > 0 ? spec.ClusterIPs : spec.ClusterIP is { } single ? [single] : [];
        List<IpAddr> addresses = [];
        foreach (string text in texts)
        {
            if (IpAddr.TryParse(text, out IpAddr address))
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }
}
