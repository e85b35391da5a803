// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Kubernetes.Model;

/// <summary>Every kind the product reads or writes, in one place.</summary>
public static class Kinds
{
    public static ResourceKind<Service> Service { get; } = new("", "v1", "services", "Service", true);

    public static ResourceKind<EndpointSlice> EndpointSlice { get; } = new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true);

    public static ResourceKind<Node> Node { get; } = new("", "v1", "nodes", "Node", false);

    public static ResourceKind<Namespace> Namespace { get; } = new("", "v1", "namespaces", "Namespace", false);

    public static ResourceKind<Secret> Secret { get; } = new("", "v1", "secrets", "Secret", true);

    public static ResourceKind<ConfigMap> ConfigMap { get; } = new("", "v1", "configmaps", "ConfigMap", true);

    public static ResourceKind<Pod> Pod { get; } = new("", "v1", "pods", "Pod", true);

    public static ResourceKind<Lease> Lease { get; } = new("coordination.k8s.io", "v1", "leases", "Lease", true);

    public static ResourceKind<Event> Event { get; } = new("", "v1", "events", "Event", true);

    public static ResourceKind<IPAddressPool> IPAddressPool { get; } = Metallb<IPAddressPool>("ipaddresspools", "IPAddressPool");

    public static ResourceKind<L2Advertisement> L2Advertisement { get; } = Metallb<L2Advertisement>("l2advertisements", "L2Advertisement");

    /// <summary>Read and written as v1beta2; the server gives objects of v1beta1 the same shape.</summary>
    public static ResourceKind<BGPPeer> BGPPeer { get; } = new("metallb.io", "v1beta2", "bgppeers", "BGPPeer", true);

    public static ResourceKind<BGPAdvertisement> BGPAdvertisement { get; } = Metallb<BGPAdvertisement>("bgpadvertisements", "BGPAdvertisement");

    public static ResourceKind<Community> Community { get; } = Metallb<Community>("communities", "Community");

    public static ResourceKind<BFDProfile> BFDProfile { get; } = Metallb<BFDProfile>("bfdprofiles", "BFDProfile");

    public static ResourceKind<ServiceBGPStatus> ServiceBGPStatus { get; } = Metallb<ServiceBGPStatus>("servicebgpstatuses", "ServiceBGPStatus");

    public static ResourceKind<ServiceL2Status> ServiceL2Status { get; } = Metallb<ServiceL2Status>("servicel2statuses", "ServiceL2Status");

    public static ResourceKind<ConfigurationState> ConfigurationState { get; } = Metallb<ConfigurationState>("configurationstates", "ConfigurationState");

    public static ResourceKind<VirtualIP> VirtualIP { get; } = new("loadbalancer.io", "v1alpha1", "virtualips", "VirtualIP", false);

    private static ResourceKind<T> Metallb<T>(string plural, string kind)
        where T : class, IKubeObject =>
        new("metallb.io", "v1beta1", plural, kind, true);
}
